import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { buildAndPush } from "../../src/azure/docker.js";

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-docker-"));
  // As docker does, it leaves the work to a plugin; this one never ends by itself and ignores the first signal.
  const plugin = `trap '' TERM; echo $$ > '${folder}/plugin'; while :; do sleep 0.05; done`;
  const script = `#!/bin/sh\n[ "$2" = build ] || exit 0\nsh -c "${plugin.replaceAll("$", "\\$")}" &\nwait\n`;
  fs.writeFileSync(path.join(folder, "docker"), script, { mode: 0o755 });
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const build = (limit: number, signal: AbortSignal) => {
  const place = (name: string) => path.join(folder, name);
  const image = { server: "crshop.azurecr.io", repository: "shop/web", cache: "shop/cache:web", tags: ["git-1"] };
  return buildAndPush(
    { ...image, context: place("context"), dockerfile: place("Dockerfile"), metadata: place("metadata/web.json") },
    {
      service: "web",
      identityToken: "token",
      variables: { PATH: `${folder}:${process.env.PATH}` },
      onLine: () => {},
      signal,
      limit,
      patience: 50,
    },
  );
};
const plugin = () => Number(fs.readFileSync(path.join(folder, "plugin"), "utf8"));
const pluginStarted = () => vi.waitFor(() => expect(plugin()).toBeGreaterThan(0), { timeout: 10_000, interval: 10 });
const pluginEnded = () => vi.waitFor(() => expect(() => process.kill(plugin(), 0)).toThrow("ESRCH"), 10_000);

test("a build that is stopped takes docker's plugins with it", async () => {
  const interrupt = new AbortController();
  const stopped = expect(build(60_000, interrupt.signal)).rejects.toMatchObject({ code: "aborted" });
  await pluginStarted();
  interrupt.abort();
  await stopped;
  await pluginEnded();
});

test("a build without an end is ended, and says so", async () => {
  await expect(build(600, new AbortController().signal)).rejects.toMatchObject({ code: "build-too-long" });
  await pluginStarted();
  await pluginEnded();
});
