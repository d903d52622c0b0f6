import { expect, test } from "vitest";
import { requireManifest } from "../../src/manifest/parse.js";
import { type Answers, renderManifest } from "../../src/scaffold/manifest-text.js";

const ID = "abcdefghijklmnopqrstuvwxyz";
const answers = (service: Partial<Answers["services"][number]> = {}): Answers => ({
  name: "shop",
  location: "westeurope",
  services: [{ name: "web", path: ".", runtime: "node", port: 3000, health: "/healthz", env: {}, ...service }],
});

test("what is written reads back", () => {
  const { name, id, location, services } = requireManifest(
    renderManifest(answers({ env: { A: "1" } }), ID),
    "paas.yaml",
  );
  expect({ name, id, location }).toEqual({ name: "shop", id: ID, location: "westeurope" });
  expect(services).toMatchObject([
    { name: "web", path: ".", runtime: "node", port: 3000, health: "/healthz", env: { A: "1" } },
  ]);
});

test("the example in the comment is valid once the marks are gone", () => {
  const text = renderManifest(answers({ name: "api" }), ID);
  const [before = "", example = ""] = text.split(/^# What is different.*$/m);
  const manifest = requireManifest(`${before}${example.replace(/^# /gm, "")}`, "paas.yaml");
  expect(manifest.overlays.map(({ key }) => key)).toEqual(["alice", "prod"]);
  expect(manifest.overlays[0]?.changes).toEqual({ services: { api: { env: { LOG_LEVEL: "debug" } } } });
});

test.each(["a: b", "a #b", "- x", "x\nid: evil", "'\"", "yes", "{a}", "*a", "!!js", "a\u2028b"])(
  "a folder called %j stays one value",
  (path) => {
    const text = renderManifest(answers({ path: `d/${path}` }), ID);
    const parsed = () => requireManifest(text, "paas.yaml");
    // Either it is the value that was given, or the manifest's rules refuse that value; never another document.
    if (/\p{Cc}/u.test(path)) expect(parsed).toThrow(/paas.yaml has a problem/);
    else expect(parsed().services.map((service) => service.path)).toEqual([`d/${path}`]);
    expect(text.match(/^id: /gm)).toHaveLength(1);
  },
);
