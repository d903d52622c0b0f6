import fs from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appId, get, isRunning, type OpenRuntime, openRuntime, serverSaying, until } from "./open-runtime.js";

let open: OpenRuntime;
beforeEach(async () => {
  open = await openRuntime();
});
afterEach(() => open.close());

/** Answers with its process id; dies when asked to. */
const MORTAL = `import http from "node:http";
http.createServer((request, response) => {
  response.end(String(process.pid));
  if (request.url === "/die") setTimeout(() => process.exit(7), 50);
}).listen(process.env.PORT, process.env.HOST);`;

test("an app that dies is restarted, and its restarts are counted", async () => {
  const id = open.deploy("ca-web", { script: MORTAL });
  await open.runtime.idle();
  const port = await open.runtime.ingressPort(id);
  const first = (await get(port, "/die")).text;
  await until(() => open.runtime.status(id).state === "restarting", "the app to die");
  expect(open.runtime.status(id)).toMatchObject({ restarts: 0, pid: null, port: null, since: null });
  await until(() => open.runtime.status(id).state === "running", "the app to come back");
  expect(open.runtime.status(id)).toMatchObject({ restarts: 1, revision: "ca-web--0000001" });
  expect(open.runtime.revision(id)).toMatchObject({ state: "ready" });
  const second = (await get(port)).text;
  expect(second).toBe(String(open.runtime.status(id).pid));
  expect(second).not.toBe(first);
  const said = (await open.logTexts("ca-web")).find((text) => text.includes("restarting"));
  expect(said).toMatch(/^paas: ca-web--0000001 exited with code 7 after \d+(\.\d)? s; restarting in 1 s$/);
});

test("a request that only reads waits for an app that is being restarted", async () => {
  const id = open.deploy("ca-web", { script: MORTAL });
  await open.runtime.idle();
  const port = await open.runtime.ingressPort(id);
  await get(port, "/die");
  await until(() => open.runtime.status(id).state === "restarting", "the app to die");
  expect((await get(port)).status).toBe(200);
});

test("what an app leaves running when it ends is ended too", async () => {
  const script = `import http from "node:http"; import { spawn } from "node:child_process";
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
    http.createServer((request, response) => {
      response.end(String(child.pid));
      if (request.url === "/die") setTimeout(() => process.exit(1), 50);
    }).listen(process.env.PORT);`;
  const id = open.deploy("ca-web", { script });
  await open.runtime.idle();
  const left = Number((await get(await open.runtime.ingressPort(id), "/die")).text);
  await until(() => open.runtime.status(id).restarts >= 1, "the restart");
  expect(isRunning(left)).toBe(false);
});

test("what an app leads out of its process group ends with the app", async () => {
  const script = `import http from "node:http"; import { spawn } from "node:child_process";
    const options = { stdio: "inherit", detached: true };
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], options);
    http.createServer((request, response) => response.end(String(child.pid))).listen(process.env.PORT);`;
  const id = open.deploy("ca-web", { script });
  await open.runtime.idle();
  const stray = Number((await get(await open.runtime.ingressPort(id))).text);
  expect(isRunning(stray)).toBe(true);
  open.remove("ca-web");
  await open.runtime.idle();
  if (process.platform === "linux") expect(isRunning(stray)).toBe(false);
  else process.kill(stray, "SIGKILL");
});

test("an app that no longer answers is restarted", async () => {
  const script = `import http from "node:http";
    http.createServer((request, response) => {
      if (request.url === "/hang") for (;;);
      response.end(String(process.pid));
    }).listen(process.env.PORT);`;
  const id = open.deploy("ca-web", { script, liveness: 0.3 });
  await open.runtime.idle();
  const port = await open.runtime.ingressPort(id);
  const first = (await get(port)).text;
  const hanging = get(port, "/hang");
  await until(() => open.runtime.status(id).restarts >= 1, "the restart");
  expect((await hanging).status).toBe(502);
  expect((await get(port)).text).not.toBe(first);
  const said = (await open.logTexts("ca-web")).find((text) => text.includes("restarting"));
  expect(said).toBe("paas: ca-web--0000001 gave no healthy answer to / 3 times in a row; restarting in 1 s");
}, 60_000);

test("an app that ignores SIGTERM is killed", async () => {
  const script = `process.on("SIGTERM", () => console.log("no"));\n${MORTAL}`;
  const id = open.deploy("ca-web", { script });
  await open.runtime.idle();
  const { pid } = open.runtime.status(id);
  expect(isRunning(pid)).toBe(true);
  open.remove("ca-web");
  await open.runtime.idle();
  expect(isRunning(pid)).toBe(false);
}, 60_000);

test("after an orderly end everything comes back: same versions, same ports, nothing new", async () => {
  for (const name of ["ca-web", "ca-api"]) open.deploy(name, { script: serverSaying(name) });
  open.deploy("ca-new", {});
  await open.runtime.idle();
  open.deploy("ca-api", { script: "process.exit(1)" });
  await open.runtime.idle();
  const names = ["ca-web", "ca-api", "ca-new"];
  const facts = async () =>
    Promise.all(
      names.map(async (name) => {
        const { state, revision, port } = open.runtime.status(appId(name));
        return { name, state, revision, port, ingress: await open.runtime.ingressPort(appId(name)) };
      }),
    );
  const before = await facts();
  const histories = names.map((name) => open.store.history(appId(name)));
  await open.restart();
  await open.runtime.idle();
  expect(await facts()).toEqual(before);
  expect(names.map((name) => open.store.history(appId(name)))).toEqual(histories);
  expect((await get(await open.runtime.ingressPort(appId("ca-api")))).text).toBe("ca-api");
});

test("an app that does not come back is tried again and again", async () => {
  const script = `import fs from "node:fs"; import http from "node:http";
    if (fs.existsSync(process.env.HOME + "/broken")) process.exit(9);
    http.createServer((request, response) => response.end(process.env.HOME)).listen(process.env.PORT);`;
  const id = open.deploy("ca-web", { script });
  await open.runtime.idle();
  const home = (await get(await open.runtime.ingressPort(id))).text;
  fs.writeFileSync(`${home}/broken`, "");
  await open.restart();
  await open.runtime.idle();
  expect(open.runtime.status(id)).toMatchObject({ state: "restarting", revision: "ca-web--0000001" });
  expect(open.runtime.revision(id)?.state).toBe("ready");
  fs.rmSync(`${home}/broken`);
  await until(() => open.runtime.status(id).state === "running", "the app to come back");
});
