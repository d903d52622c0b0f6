import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { endStrays } from "../../../src/local/runtime/orphans.js";
import { temporaryFolder } from "../../helpers/repository.js";

const onLinux = process.platform === "linux";

test.runIf(onLinux)("a command that is run beside an app ends with it, and whoever runs it goes on", async () => {
  const home = temporaryFolder("home-");
  const script = `HOME="$1" sh -c 'echo started; exec sleep 300' & wait $!; echo "it ended with $?"`;
  const owner = spawn("sh", ["-c", script, "sh", home], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const [started] = await once(owner.stdout, "data");
  expect(String(started)).toBe("started\n");
  const told = once(owner.stdout, "data");
  await endStrays(home);
  expect(String((await told)[0])).toBe("it ended with 137\n");
});

test.runIf(onLinux)("a group that an app has made goes whole", async () => {
  const home = temporaryFolder("home-");
  const env = { PATH: process.env.PATH, HOME: home };
  const script = "env -i /bin/sleep 300 & echo started; wait";
  const group = spawn("sh", ["-c", script], { detached: true, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(group, "close");
  await once(group.stdout, "data");
  await endStrays(home);
  // Its output is closed when nobody has it any more, the sleeper included.
  expect((await ended)[1]).toBe("SIGKILL");
});
