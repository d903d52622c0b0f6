import { expect, test } from "vitest";
import { placeOfRemote, subjectPrefix } from "../../src/github/server.js";

test.each([
  ["git@github.com:acme/shop.git", "acme", "shop", "https://api.github.com"],
  ["https://github.com/acme/shop", "acme", "shop", "https://api.github.com"],
  ["https://alice:secret@github.com/acme/shop.git/", "acme", "shop", "https://api.github.com"],
  ["ssh://git@ssh.github.com:443/acme/shop.git", "acme", "shop", "https://api.github.com"],
  ["git@GitHub.com:acme/shop.js.git", "acme", "shop.js", "https://api.github.com"],
  ["https://acme.ghe.com/web/shop.git", "web", "shop", "https://api.acme.ghe.com"],
  ["git@git.acme.example:web/shop.git", "web", "shop", "https://git.acme.example/api/v3"],
])("%s", (url, owner, repo, apiUrl) => {
  expect(placeOfRemote(url)).toMatchObject({ owner, repo, apiUrl });
});

test.each(["/srv/git/shop.git", "../shop", "file:///srv/git/shop.git", "github.com", "https://github.com/shop"])(
  "%s is no repository on GitHub",
  (url) => expect(placeOfRemote(url)).toBeNull(),
);

test.each([
  ["https://github.com/a/b", "https://token.actions.githubusercontent.com"],
  ["https://acme.ghe.com/a/b", "https://token.actions.acme.ghe.com"],
  ["https://git.acme.example/a/b", "https://git.acme.example/_services/token"],
])("tokens of %s come from %s", (url, issuer) => expect(placeOfRemote(url)?.issuer).toBe(issuer));

const SHOP = { owner: "acme", repo: "shop" };
test.each([
  ["what GitHub says", { use_default: true, sub_claim_prefix: "repo:acme@1/shop@2" }, "repo:acme@1/shop@2"],
  ["names, where it says nothing", { use_default: true }, "repo:acme/shop"],
  ["names, on an old server", null, "repo:acme/shop"],
  [
    "what it says, with the default's own keys",
    { use_default: false, include_claim_keys: ["repo", "context"], sub_claim_prefix: "repo:a@1/b@2" },
    "repo:a@1/b@2",
  ],
  [
    "nothing, with other keys",
    { use_default: false, include_claim_keys: ["repo"], sub_claim_prefix: "repo:a@1/b@2" },
    null,
  ],
])("subjects begin with %s", (_, settings, prefix) => expect(subjectPrefix(SHOP, settings)).toBe(prefix));
