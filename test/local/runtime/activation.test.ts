import { afterEach, beforeEach, expect, test } from "vitest";
import { get, type OpenRuntime, openRuntime, serverSaying } from "./open-runtime.js";

let open: OpenRuntime;
beforeEach(async () => {
  open = await openRuntime({ "API-KEY": "s3cret" });
});
afterEach(() => open.close());

async function settled(name: string, deployment: Parameters<OpenRuntime["deploy"]>[1]) {
  const id = open.deploy(name, deployment);
  await open.runtime.idle();
  return { id, revision: open.runtime.revision(id), status: open.runtime.status(id) };
}

test("an app is created with a placeholder that runs nothing and is ready at once", async () => {
  const { id, revision, status } = await settled("ca-web", {});
  expect(revision).toMatchObject({ name: "ca-web--0000001", state: "ready", reason: null, port: null });
  expect(status).toMatchObject({ state: "placeholder", pid: null });
  expect((await get(await open.runtime.ingressPort(id))).status).toBe(503);
});

test("a healthy version runs and answers at the app's own port", async () => {
  open.deploy("ca-web", {});
  const { id, revision, status } = await settled("ca-web", { script: serverSaying("one") });
  expect(revision).toMatchObject({ name: "ca-web--0000002", state: "ready" });
  expect(status).toMatchObject({ state: "running", revision: "ca-web--0000002", restarts: 0, port: revision?.port });
  const reply = await get(await open.runtime.ingressPort(id));
  expect(reply).toMatchObject({ status: 200, text: "one" });
  expect(reply.headers["x-simulated-by"]).toBe("paas");
});
