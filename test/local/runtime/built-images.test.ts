import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildImage } from "../../../src/local/builder/builder.js";
import type { Runtime } from "../../../src/manifest/manifest.js";
import { get, type OpenRuntime, openRuntime, placesIn, until, writeFiles } from "./open-runtime.js";

let open: OpenRuntime;
beforeEach(async () => {
  open = await openRuntime({ "API-KEY": "s3cret-value" });
});
afterEach(() => open.close());

/** Builds what is in `context/`. */
async function built(runtime: Runtime): Promise<string> {
  const { images } = placesIn(open.folder);
  const { digest } = await buildImage({
    name: "web",
    runtime,
    context: path.join(open.folder, "context"),
    contentKey: "0",
    images,
    cache: path.join(open.folder, "cache"),
    records: path.join(open.folder, "runtime", "processes"),
    onLine: () => {},
    signal: new AbortController().signal,
  });
  return digest;
}

async function started(runtime: Runtime, files: Record<string, string>, health = "/") {
  writeFiles(path.join(open.folder, "context"), files);
  const id = open.deploy("ca-web", { image: `cr.azurecr.io/shop/web@sha256:${await built(runtime)}`, health });
  await open.runtime.idle();
  expect(open.runtime.revision(id)).toMatchObject({ state: "ready", reason: null });
  return { id, port: await open.runtime.ingressPort(id), pid: open.runtime.status(id).pid };
}

test("a static site is served without a process, and nothing beside the site is", async () => {
  const { id, port, pid } = await started("static", {
    "index.html": "<p>home",
    "docs/index.html": "<p>docs",
    "style.css": "p {}",
    "a b.svg": "<svg/>",
    "data.unknown": "?",
    ".env": "SECRET=1",
    "paas.yaml": "name: shop",
    "infra/main.ts": "",
    ".well-known/security.txt": "mail",
  });
  expect(pid).toBeNull();
  expect(() => open.runtime.surroundings(id)).toThrow(expect.objectContaining({ code: "no-console" }));
  const { images } = placesIn(open.folder);
  const [digest = ""] = fs.readdirSync(images);
  fs.symlinkSync(path.join(images, digest, "image.json"), path.join(images, digest, "app", "out.json"));
  fs.symlinkSync("style.css", path.join(images, digest, "app", "in.css"));
  const reply = async (url: string) => {
    const { status, headers, text } = await get(port, url);
    return [status, headers["content-type"], text];
  };
  expect(await reply("/")).toEqual([200, "text/html; charset=utf-8", "<p>home"]);
  expect(await reply("/docs/")).toEqual([200, "text/html; charset=utf-8", "<p>docs"]);
  expect(await reply("/style.css?v=1")).toEqual([200, "text/css; charset=utf-8", "p {}"]);
  expect(await reply("/in.css")).toEqual([200, "text/css; charset=utf-8", "p {}"]);
  expect(await reply("/a%20b.svg")).toEqual([200, "image/svg+xml", "<svg/>"]);
  expect(await reply("/.well-known/security.txt")).toEqual([200, "text/plain; charset=utf-8", "mail"]);
  expect(await reply("/data.unknown")).toEqual([200, "application/octet-stream", "?"]);
  expect((await get(port, "/docs")).headers.location).toBe("/docs/");
  for (const url of [
    "/none",
    "/out.json",
    "/.env",
    "/paas.yaml",
    "/infra/main.ts",
    "/../image.json",
    "/..%2fimage.json",
    "/docs/..%2f..%2fimage.json",
    "/%00",
    "/%",
    "/..%5cimage.json",
    "//etc/passwd",
  ]) {
    expect([url, ...(await reply(url))]).toEqual([url, 404, "text/plain; charset=utf-8", "not found\n"]);
  }
  const { headers } = await get(port, "/style.css");
  expect((await get(port, "/style.css", { "if-none-match": headers.etag ?? "" })).status).toBe(304);
});

test("a site that a build makes is served from where the build writes it, with its own page for what is not there", async () => {
  const { port } = await started("static", {
    Dockerfile:
      "# written by paas init: yours to change\nFROM x AS site\nRUN x\nWORKDIR /app/out\n\nCOPY --from=site /app/out /site\n",
    "package.json": JSON.stringify({ name: "site", scripts: { build: "node make.js" } }),
    "make.js": `const fs = require("fs"); fs.mkdirSync("out");
      fs.writeFileSync("out/index.html", "made"); fs.writeFileSync("out/404.html", "lost");`,
    "index.html": "source",
  });
  expect((await get(port)).text).toBe("made");
  expect(await get(port, "/nothing")).toMatchObject({ status: 404, text: "lost" });
});

test("a site whose folder is a link out of the app is not served", async () => {
  writeFiles(path.join(open.folder, "context"), {
    Dockerfile: "# written by paas init\nWORKDIR /site\nCOPY docs ./\n",
  });
  writeFiles(path.join(open.folder, "elsewhere"), { "index.html": "private" });
  fs.symlinkSync(path.join(open.folder, "elsewhere"), path.join(open.folder, "context", "docs"));
  const id = open.deploy("ca-web", { image: `cr.azurecr.io/shop/web@sha256:${await built("static")}` });
  await open.runtime.idle();
  expect(open.runtime.revision(id)).toMatchObject({
    state: "failed",
    reason: "the folder of the site, docs, leads out of the app",
  });
});

test("what an app writes among its own files reaches no other app of the same image, and is gone after a restart", async () => {
  writeFiles(path.join(open.folder, "context"), {
    "server.js": `const fs = require("fs");
      require("http").createServer((request, response) => {
        if (request.url === "/write") fs.writeFileSync("note.txt", "written");
        if (request.url === "/die") process.exit(1);
        response.end(String(fs.existsSync("note.txt")));
      }).listen(process.env.PORT);`,
    "node_modules/kept/index.js": "",
  });
  const image = `cr.azurecr.io/shop/web@sha256:${await built("node")}`;
  const [alice, bob] = [open.deploy("ca-alice", { image }), open.deploy("ca-bob", { image })];
  await open.runtime.idle();
  const ask = async (id: string, url: string) => (await get(await open.runtime.ingressPort(id), url)).text;
  expect([await ask(alice, "/write"), await ask(alice, "/"), await ask(bob, "/")]).toEqual(["true", "true", "false"]);
  await ask(alice, "/die");
  await until(() => open.runtime.status(alice).restarts >= 1, "the restart");
  await until(() => open.runtime.status(alice).state === "running", "the app to come back");
  expect(await ask(alice, "/")).toBe("false");
});

test("a Python app runs without requirements", async () => {
  const { port } = await started("python", {
    "main.py": `import http.server, os
class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from python")
print("listening")
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Hello).serve_forever()
`,
  });
  expect((await get(port)).text).toBe("hello from python");
  expect(await open.logTexts("ca-web")).toContain("listening");
}, 60_000);

/** Packs a Python package with a program in it, as a build of it would. */
function makeWheel(file: string): void {
  const script = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("hello.py", """import http.server, os, sys
class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(sys.prefix.encode())
def main():
    http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Hello).serve_forever()
""")
    info = "hello-1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: hello\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "entry_points.txt", "[console_scripts]\\nhello-server = hello:main\\n")
    wheel.writestr(info + "RECORD", "")
`;
  execFileSync("python3", ["-c", script, file]);
}

test("the programs of a Python app's requirements run from the finished image", async () => {
  fs.mkdirSync(path.join(open.folder, "context"));
  makeWheel(path.join(open.folder, "context", "hello-1.0-py3-none-any.whl"));
  const { port } = await started("python", {
    Dockerfile: '# Written by paas init\nFROM python\nCMD ["hello-server"]\n',
    "requirements.txt": "./hello-1.0-py3-none-any.whl\n",
  });
  expect((await get(port)).text).toMatch(/\/homes\/ca-web\/ca-web--0000001\/app\/\.venv$/);
}, 60_000);

test("a start script for the shell runs through npm", async () => {
  const server = `require("http").createServer((request, response) => response.end(process.env.GREETING)).listen(process.env.PORT);`;
  const { port, id } = await started("node", {
    "package.json": JSON.stringify({ name: "app", scripts: { start: "GREETING=hi node server.js" } }),
    "server.js": server,
  });
  expect((await get(port)).text).toBe("hi");
  expect(open.runtime.status(id)).toMatchObject({ state: "running", restarts: 0 });
}, 60_000);

test("a release command runs in the new image, before the app, with its variables and secrets", async () => {
  const id = open.deploy("ca-web", {});
  writeFiles(path.join(open.folder, "context"), {
    "server.js": "",
    "migrate.js":
      "console.log([process.env.DB, process.env.API_KEY, process.argv[2]].join(' ')); process.exit(process.argv[2] === 'bad' ? 5 : 0)",
  });
  const digest = await built("node");
  const lines: string[] = [];
  const release = (...words: string[]) =>
    open.runtime.release({
      appId: id,
      digest: `sha256:${digest}`,
      command: ["node", "migrate.js", ...words],
      env: [
        { name: "DB", value: "db" },
        { name: "API_KEY", secretRef: "api-key" },
      ],
      onLine: (line) => lines.push(line),
      signal: new AbortController().signal,
    });
  await expect(release("one")).rejects.toMatchObject({
    code: "secret-missing",
    message: "the secret api-key, for API_KEY, has no value",
    next: "run `paas up` again with PAAS_SECRET_API_KEY=… in the environment",
  });
  const resource = open.store.get(id);
  const secret = [{ name: "api-key", key_vault_secret_id: "https://kv/secrets/API-KEY" }];
  if (resource) open.store.put({ ...resource, attributes: { ...resource.attributes, secret } });
  await release("one");
  expect(lines).toEqual(["db s3cret-value one"]);
  await expect(release("bad")).rejects.toMatchObject({
    code: "release-failed",
    message: "the release command of ca-web failed: `node migrate.js bad` exited with code 5",
    details: ["db s3cret-value bad"],
  });
  expect(fs.readdirSync(path.join(open.folder, "runtime", "homes"))).toEqual([]);
});
