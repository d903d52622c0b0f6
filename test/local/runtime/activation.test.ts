import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appId, type Deployment, get, isRunning, type OpenRuntime, openRuntime, serverSaying } from "./open-runtime.js";

let open: OpenRuntime;
beforeEach(async () => {
  open = await openRuntime({ "API-KEY": "s3cret-value" });
});
afterEach(() => open.close());

async function deployed(deployment: Deployment, name = "ca-web") {
  const id = open.deploy(name, deployment);
  await open.runtime.idle();
  const revision = open.runtime.revision(id);
  return { id, revision, status: open.runtime.status(id), port: await open.runtime.ingressPort(id) };
}

test("an app is created with a placeholder that runs nothing and is ready at once", async () => {
  const { port, revision, status } = await deployed({});
  expect(revision).toMatchObject({ name: "ca-web--0000001", state: "ready", reason: null, port: null });
  expect(status).toMatchObject({ state: "placeholder", pid: null });
  expect(await get(port)).toMatchObject({ status: 503, text: "ca-web is created, nothing is deployed to it yet.\n" });
});

test("a healthy version runs and answers at the app's own port", async () => {
  open.deploy("ca-web", {});
  const { port, revision, status } = await deployed({ script: serverSaying("one") });
  expect(revision).toMatchObject({ name: "ca-web--0000002", state: "ready" });
  expect(status).toMatchObject({ state: "running", revision: "ca-web--0000002", restarts: 0, port: revision?.port });
  const reply = await get(port);
  expect(reply).toMatchObject({ status: 200, text: "one" });
  expect(reply.headers["x-simulated-by"]).toBe("paas");
});

test("the revision is in the store as soon as the app is", () => {
  const id = open.deploy("ca-web", { script: serverSaying("one") });
  expect(open.store.history(id)?.revisions[0]).toMatchObject({ name: "ca-web--0000001", state: "activating" });
});

test("an app sees its own variables and secrets, and nothing of the daemon's", async () => {
  const script = `import http from "node:http";
    http.createServer((request, response) => response.end(JSON.stringify(process.env))).listen(process.env.PORT);`;
  const deployment = {
    script,
    env: { LOG_LEVEL: "info", PORT: "8080" },
    secrets: { API_KEY: "https://kv/secrets/API-KEY" },
  };
  const { id, port } = await deployed(deployment);
  const seen = JSON.parse((await get(port)).text) as Record<string, string>;
  expect(seen).toMatchObject({ LOG_LEVEL: "info", API_KEY: "s3cret-value", HOST: "127.0.0.1" });
  expect(seen.PORT).toBe(String(open.runtime.status(id).port));
  expect(seen.HOME?.startsWith(open.folder)).toBe(true);
  const own = ["PATH", "HOME", "TMPDIR", "LANG", "NODE_ENV", "PORT", "HOST", "LOG_LEVEL", "API_KEY"];
  expect(Object.keys(seen).filter((name) => !own.includes(name) && !name.startsWith("CONTAINER_APP_"))).toEqual([]);
});

test("a command beside an app has the folder and the variables of its process, and none before it runs", async () => {
  const script = `import http from "node:http";
    const told = JSON.stringify({ folder: process.cwd(), variables: process.env });
    http.createServer((request, response) => response.end(told)).listen(process.env.PORT);`;
  const { id, port } = await deployed({ script, secrets: { API_KEY: "https://kv/secrets/API-KEY" } });
  expect(open.runtime.surroundings(id)).toEqual(JSON.parse((await get(port)).text));

  const failed = await deployed({ script: "process.exit(1)" }, "ca-failed");
  for (const [name, details] of [
    [failed.id, ["it is failed"]],
    [appId("ca-none"), []],
  ] as const) {
    const refusal = expect.objectContaining({ code: "no-console", details });
    expect(() => open.runtime.surroundings(name)).toThrow(refusal);
  }
});

test("the value of a secret is in no file", async () => {
  await deployed({ script: serverSaying("one"), secrets: { API_KEY: "https://kv/secrets/API-KEY" } });
  const files = fs.readdirSync(open.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8"));
  expect(texts.some((text) => text.includes("https://kv/secrets/API-KEY"))).toBe(true);
  expect(texts.filter((text) => text.includes("s3cret-value"))).toEqual([]);
});

test("a version that listens late, within its time, becomes ready", async () => {
  const script = `import http from "node:http";
    setTimeout(() => http.createServer((request, response) => response.end("late")).listen(process.env.PORT), 700);`;
  const { revision, port } = await deployed({ script });
  expect(revision?.state).toBe("ready");
  expect((await get(port)).text).toBe("late");
});

test("the same container again makes no new revision", async () => {
  const first = await deployed({ script: serverSaying("one") });
  const second = await deployed({ script: serverSaying("one") });
  expect(second.revision).toEqual(first.revision);
  expect(second.status).toEqual(first.status);
});

test("a failed version that is deployed again is tried again", async () => {
  await deployed({ script: "process.exit(1)" });
  expect((await deployed({ script: "process.exit(1)" })).revision?.name).toBe("ca-web--0000002");
});

test("a version that is replaced while it starts is given up", async () => {
  open.deploy("ca-web", { script: "setInterval(() => {}, 1000)" });
  const { id, port } = await deployed({ script: serverSaying("two") });
  const [newest, older] = open.store.history(id)?.revisions ?? [];
  expect(newest).toMatchObject({ name: "ca-web--0000002", state: "ready" });
  expect(older).toMatchObject({ state: "failed", reason: "replaced by ca-web--0000002 before it was healthy" });
  expect((await get(port)).text).toBe("two");
});

test("of many versions at once the last one serves, and one process is left", async () => {
  for (const text of ["a", "b", "c", "d", "e"]) open.deploy("ca-web", { script: serverSaying(text) });
  const { port, status } = await deployed({ script: serverSaying("last") });
  expect((await get(port)).text).toBe("last");
  expect(fs.readdirSync(path.join(open.folder, "runtime", "processes"))).toEqual([String(status.pid)]);
});

test("a placeholder that is set while a version starts ends it", async () => {
  open.deploy("ca-web", { script: "setInterval(() => {}, 1000)" });
  const { id, status } = await deployed({});
  expect(status).toMatchObject({ state: "placeholder", revision: "ca-web--0000002" });
  expect(open.store.history(id)?.revisions[1]).toMatchObject({ state: "failed" });
});

test("an app that is deleted and made again at once is not harmed by the end of the first one", async () => {
  const script = `process.on("SIGTERM", () => setTimeout(() => process.exit(), 500));\n${serverSaying("first")}`;
  const first = await deployed({ script });
  open.remove("ca-web");
  const second = await deployed({ script: serverSaying("second") });
  expect(isRunning(first.status.pid)).toBe(false);
  expect(second.status).toMatchObject({ state: "running", revision: "ca-web--0000001", restarts: 0 });
  expect((await get(second.port)).text).toBe("second");
  expect(fs.readdirSync(path.join(open.folder, "runtime", "homes", "ca-web"))).toEqual(["ca-web--0000001"]);
  expect(await open.logTexts("ca-web")).toHaveLength(2);
});

test("deleting an app ends its processes and removes its log, its home and its port", async () => {
  const { port, status } = await deployed({ script: serverSaying("one") });
  expect(fs.existsSync(path.join(open.folder, "logs", "ca-web.log"))).toBe(true);
  open.remove("ca-web");
  await open.runtime.idle();
  expect(isRunning(status.pid)).toBe(false);
  expect(fs.existsSync(path.join(open.folder, "logs", "ca-web.log"))).toBe(false);
  expect(fs.readdirSync(path.join(open.folder, "runtime", "homes"))).toEqual([]);
  await expect(get(port)).rejects.toThrow("ECONNREFUSED");
  expect(open.runtime.status(appId("ca-web")).state).toBe("stopped");
  expect(open.store.history(appId("ca-web"))).toBeUndefined();
});
