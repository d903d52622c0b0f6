import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BuildImageRequest, buildImage } from "../../../src/local/builder/builder.js";
import { type LocalImage, readImage, removeImages } from "../../../src/local/builder/image.js";
import { isRunning, until, writeFiles } from "../runtime/open-runtime.js";

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "paas-builder-"));
  lines = [];
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

type Files = Record<string, string>;
type Options = Partial<BuildImageRequest>;

function request(files: Files, options: Options = {}): BuildImageRequest {
  const contentKey = createHash("sha256").update(JSON.stringify(files)).digest("hex");
  const context = path.join(folder, "contexts", contentKey);
  fs.mkdirSync(context, { recursive: true });
  writeFiles(context, files);
  return {
    name: "web",
    runtime: "node",
    context,
    contentKey,
    images: path.join(folder, "images"),
    cache: path.join(folder, "cache"),
    records: path.join(folder, "runtime", "processes"),
    onLine: (line) => lines.push(line),
    signal: new AbortController().signal,
    ...options,
  };
}

const build = (files: Files, options: Options = {}) => buildImage(request(files, options));

async function imageOf(files: Files, options: Options = {}): Promise<LocalImage> {
  const { digest } = await build(files, options);
  const image = readImage(path.join(folder, "images"), digest);
  if (!image) throw new Error(`no image ${digest}`);
  return image;
}

const packageJson = (content: object) => JSON.stringify({ name: "app", version: "1.0.0", ...content });
const leftOver = () => fs.readdirSync(path.join(folder, "building"));
const images = () => (fs.existsSync(path.join(folder, "images")) ? fs.readdirSync(path.join(folder, "images")) : []);

test("an app without dependencies needs no npm, and the same files are built once", async () => {
  const files = { "package.json": packageJson({ scripts: { start: "node src/app.js" } }), "src/app.js": "1" };
  const first = await build(files);
  expect(first).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), cached: false });
  expect(lines).toEqual([]);
  expect(await build(files)).toEqual({ digest: first.digest, cached: true });
  expect(readImage(path.join(folder, "images"), first.digest)).toMatchObject({
    schemaVersion: 1,
    runtime: "node",
    command: ["node", "src/app.js"],
    contentKey: request(files).contentKey,
  });
  expect(leftOver()).toEqual([]);
});

test("other files are another image", async () => {
  const [one, two] = [await build({ "server.js": "1" }), await build({ "server.js": "2" })];
  expect(one.digest).not.toBe(two.digest);
  expect(images().sort()).toEqual([one.digest, two.digest].sort());
});

test("two builds of the same files at once are one", async () => {
  const script = `node -e "setTimeout(() => console.log('built'), 200)"`;
  const files = { "package.json": packageJson({ scripts: { build: script } }), "server.js": "1" };
  const results = await Promise.all([build(files), build(files), build(files)]);
  expect(results.map(({ cached }) => cached).sort()).toEqual([false, true, true]);
  expect(lines.filter((line) => line === "built")).toHaveLength(1);
});

test("dependencies come from the registry, by the lock file", async () => {
  const files = {
    "package.json": packageJson({ dependencies: { "is-number": "7.0.0" }, scripts: { build: "node build.js" } }),
    "package-lock.json": JSON.stringify({
      name: "app",
      version: "1.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { name: "app", version: "1.0.0", dependencies: { "is-number": "7.0.0" } },
        "node_modules/is-number": {
          version: "7.0.0",
          integrity: "sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==",
        },
      },
    }),
    "build.js": `require("fs").writeFileSync("built.txt", String(require("is-number")(5)));`,
    "server.js": "1",
  };
  const image = await imageOf(files);
  expect(fs.readFileSync(path.join(image.app, "built.txt"), "utf8")).toBe("true");
  expect(lines).toEqual(expect.arrayContaining(["$ npm ci --no-audit --no-fund", "$ npm run build"]));
  expect(fs.readdirSync(path.join(folder, "cache")).sort()).toEqual(["home", "npm"]);
}, 120_000);

test("a build sees the network's settings and nothing else of the caller's environment", async () => {
  const home = path.join(folder, "user");
  writeFiles(home, { ".npmrc": ["//registry.example/:_authToken=$", "{TEAM_TOKEN}\n"].join("") });
  const variables = {
    PATH: process.env.PATH,
    HOME: home,
    HTTPS_PROXY: "http://proxy:3128",
    npm_config_registry: "http://registry.example/",
    npm_config_local_prefix: "/elsewhere",
    NODE_EXTRA_CA_CERTS: "",
    PIP_INDEX_URL: "http://pypi.example/",
    TEAM_TOKEN: "t",
    STRIPE_KEY: "sk_live",
    NODE_OPTIONS: "--no-warnings",
    PAAS_SECRET_A: "a",
  };
  const script = `node -e "require('fs').writeFileSync('env.json', JSON.stringify(process.env))"`;
  const files = { "package.json": packageJson({ scripts: { build: script } }), "server.js": "1" };
  const image = await imageOf(files, { variables });
  const seen = JSON.parse(fs.readFileSync(path.join(image.app, "env.json"), "utf8")) as Record<string, string>;
  expect(seen).toMatchObject({
    CI: "true",
    HTTPS_PROXY: "http://proxy:3128",
    npm_config_registry: "http://registry.example/",
    npm_config_userconfig: path.join(home, ".npmrc"),
    npm_config_cache: path.join(folder, "cache", "npm"),
    PIP_INDEX_URL: "http://pypi.example/",
    TEAM_TOKEN: "t",
    HOME: path.join(folder, "cache", "home"),
  });
  for (const name of ["STRIPE_KEY", "NODE_OPTIONS", "PAAS_SECRET_A"]) expect(seen).not.toHaveProperty(name);
  expect(seen.npm_config_local_prefix).not.toBe("/elsewhere");
});

test("a build that fails says so with its last lines and leaves nothing", async () => {
  const script = `node -e "for (let i = 1; i < 31; i++) console.log('line ' + i); process.exit(4)"`;
  const files = { "package.json": packageJson({ scripts: { build: script } }), "server.js": "1" };
  const failure = await build(files).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: "build-failed",
    message: "the build of web failed: `npm run build` exited with code 4",
  });
  const { details } = failure as { details: string[] };
  expect(details.length).toBe(20);
  expect(details).toContain("line 30");
  expect(details).not.toContain("line 10");
  expect([images(), leftOver()]).toEqual([[], []]);
  expect((await build({ ...files, "package.json": packageJson({}) })).cached).toBe(false);
});

test("a build that is no longer wanted ends with everything it has started", async () => {
  const child = "setInterval(() => {}, 1000)";
  const script = `node -e "const { pid } = require('child_process').spawn(process.execPath, ['-e', '${child}']); console.log('pid ' + pid); ${child}"`;
  const files = { "package.json": packageJson({ scripts: { build: script } }), "server.js": "1" };
  const stop = new AbortController();
  const building = build(files, { signal: stop.signal }).catch((error: unknown) => error);
  const pidLine = () => lines.find((line) => line.startsWith("pid "));
  await until(() => pidLine() !== undefined, "the build to start its child");
  const pid = Number(pidLine()?.slice(4));
  expect(isRunning(pid)).toBe(true);
  stop.abort();
  expect(await building).toMatchObject({ code: "aborted", message: "stopped `npm run build`" });
  await until(() => !isRunning(pid), "the child to end");
  expect([images(), leftOver(), fs.readdirSync(path.join(folder, "runtime", "processes"))]).toEqual([[], [], []]);
});

test("a package.json that is no JSON is told", async () => {
  await expect(build({ "package.json": "{", "server.js": "1" })).rejects.toMatchObject({
    code: "build-failed",
    message: expect.stringMatching(/^the build of web failed: package\.json is no JSON: /),
  });
});

test("an app that nothing says how to start is told with what was looked for", async () => {
  await expect(build({ "readme.md": "" })).rejects.toMatchObject({
    code: "build-failed",
    message: "nothing says how service web starts",
    details: ["looked for a start script or main in package.json, server.js, index.js"],
  });
});

test("Docker is refused with the way out", async () => {
  await expect(build({ Dockerfile: "FROM scratch" }, { runtime: "docker" })).rejects.toMatchObject({
    code: "docker-unavailable",
    message: "service web has runtime docker, and the local cloud has no Docker",
    next: "set `runtime: node`, `python` or `static` for it in paas.yaml, or deploy it to Azure",
  });
});

test("a missing tool is told", async () => {
  const variables = { PATH: path.join(folder, "nothing") };
  await expect(build({ "server.js": "1" }, { variables })).rejects.toMatchObject({
    code: "tool-missing",
    message: "node is needed to build and run a node service here",
  });
});

test("a static site is taken as it is, from the folder that has its index", async () => {
  const image = await imageOf({ "public/index.html": "<p>", "readme.md": "" }, { runtime: "static" });
  expect(image).toMatchObject({ runtime: "static", command: [], webRoot: "public" });
  expect(lines).toEqual([]);
});

test("a site whose folder is not there is told", async () => {
  const Dockerfile = "# written by paas init\nWORKDIR /site\nCOPY docs ./\n";
  await expect(build({ Dockerfile }, { runtime: "static" })).rejects.toMatchObject({
    code: "build-failed",
    message: "there is no folder docs with the site of web",
  });
});

test("Python without requirements is taken as it is", async () => {
  const image = await imageOf({ "main.py": "", "requirements.txt": "# none\n" }, { runtime: "python" });
  expect([image.command, lines]).toEqual([["python3", "main.py"], []]);
});

test("images that nothing uses are removed", async () => {
  const [kept, old] = [await build({ "server.js": "1" }), await build({ "server.js": "2" })];
  const place = path.join(folder, "images");
  expect(removeImages(place, new Set([kept.digest]))).toEqual([old.digest]);
  expect(images()).toEqual([kept.digest]);
});
