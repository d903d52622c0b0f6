import { describe, expect, test } from "vitest";
import { mergeCodeowners, ownerProblem, unowned } from "../../src/workflow/codeowners.js";
import { mergeDependabot, renderDependabot } from "../../src/workflow/dependabot.js";
import { onGithubCom } from "../../src/workflow/server.js";

const ACTIONS = `- package-ecosystem: github-actions
  directory: /
  schedule:
    interval: weekly
  cooldown:
    default-days: 7
`;
const NPM = ACTIONS.replace("github-actions", "npm").replace("directory: /", "directory: /infra");
const indented = (text: string) => text.replace(/^/gm, "  ").trimEnd().concat("\n");

describe("an existing dependabot.yml", () => {
  test("gets what it lacks at the end of its list, and keeps everything else as it was", () => {
    const text = `# ours
version: 2
updates:
  # the app
  - package-ecosystem: "npm"   # quotes and all
    directory: "/"
    schedule: { interval: daily }
    ignore:
      - dependency-name: left-pad # never

registries:
  here:
    type: npm-registry
`;
    const expected = text.replace("# never\n", `# never\n${indented(ACTIONS)}${indented(NPM)}`);
    expect(mergeDependabot(text)).toBe(expected);
    expect(mergeDependabot(expected)).toBe(expected);
  });

  test("may have its list at the margin, and no line end at its end", () => {
    const text = `version: 2\nupdates:\n${ACTIONS.trimEnd()}`;
    expect(mergeDependabot(text)).toBe(`${text}\n${NPM}`);
  });

  test("may have the line ends of Windows", () => {
    const text = `version: 2\nupdates:\n${indented(ACTIONS)}`.replaceAll("\n", "\r\n");
    expect(mergeDependabot(text)).toBe(`${text}${indented(NPM).replaceAll("\n", "\r\n")}`);
  });

  test.each([
    ["/infra/", "directory: /infra/"],
    ["infra", "directory: infra"],
    ["a list", 'directories: ["/", "/infra"]'],
  ])("names the same folder as %s", (_, directory) => {
    const text = `version: 2\nupdates:\n${ACTIONS}- package-ecosystem: npm\n  ${directory}\n  schedule: { interval: daily }\n`;
    expect(mergeDependabot(text)).toBe(text);
  });

  test("of our own is whole", () => {
    const { text } = renderDependabot();
    expect(mergeDependabot(text)).toBe(text);
  });

  test.each([
    ["a list in brackets", "version: 2\nupdates: []\n"],
    ["no list", "version: 2\n"],
    ["an empty list", "version: 2\nupdates:\n"],
    ["no YAML", "version: 2\nupdates: [\n"],
    ["nothing", ""],
    [
      "a list in brackets over several lines",
      "version: 2\nupdates: [\n  { package-ecosystem: npm, directory: / },\n]\n",
    ],
  ])("that is %s is nobody's to change", (_, text) => {
    expect(mergeDependabot(text)).toBeNull();
  });
});

describe("an existing CODEOWNERS", () => {
  test("gets lines for the paths that have none, at its end, where they count", () => {
    const text = "* @acme/all\n/.github @acme/ops # theirs";
    const merged = mergeCodeowners(text, ["@acme/platform"]);
    expect(merged).toBe(`${text}
/infra/vendor/             @acme/platform
/infra/package-lock.json   @acme/platform
/infra/.terraform.lock.hcl @acme/platform
/paas.yaml                 @acme/platform
`);
    expect(unowned(merged)).toEqual([]);
    expect(mergeCodeowners(merged, ["@someone/else"])).toBe(merged);
  });
});

test.each([
  ["@alice", true],
  ["@acme/platform-team", true],
  ["alice@example.com", true],
  ["alice", false],
  ["@acme/a/b", false],
  ["@a @b", false],
  ["#", false],
  ["", false],
])("%j is an owner: %s", (text, fits) => {
  expect(ownerProblem(text) === undefined).toBe(fits);
});

test.each([
  ["git@github.com:acme/shop.git", {}, true],
  ["https://acme.ghe.com/acme/shop", {}, true],
  ["ssh://git@code.acme.example/acme/shop.git", {}, false],
  ["https://github.com.acme.example/acme/shop", {}, false],
  ["../shop.git", {}, true],
  ["git@github.com:acme/shop.git", { GITHUB_SERVER_URL: "https://code.acme.example" }, false],
])("origin %s with %j is on github.com: %s", (origin, variables, expected) => {
  expect(onGithubCom(variables, { origin })).toBe(expected);
  expect(onGithubCom({}, {})).toBe(true);
});
