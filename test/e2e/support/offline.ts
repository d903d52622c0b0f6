import { spawnSync } from "node:child_process";
import { inject } from "vitest";
import { type Outcome, run } from "../../helpers/paas.js";
import { start } from "./started.js";

/** A place of this machine that has a loopback interface and no other, so that nothing gets out of it. */
export type Offline = {
  run(command: string, words: string[], cwd: string): Promise<Outcome>;
  paas(words: string[], cwd: string): Promise<Outcome>;
  /** Body of the answer of a URL of the local gateway, or what went wrong. */
  ask(url: string): Promise<string>;
  /** How often something there has tried to reach another machine, name servers included, over IPv4 or IPv6. */
  attempts(): Promise<number>;
  close(): Promise<void>;
};

const ASK = `const { hostname, port, host } = new URL(process.argv[1]);
require("node:http").get({ host: "127.0.0.1", port, headers: { host }, agent: false }, (response) => response.pipe(process.stdout));`;

/** @throws Error where the system does not let a user make such a place */
export async function goOffline(): Promise<Offline> {
  for (const [tool, ...words] of [
    ["unshare", "-rn", "true"],
    ["ip", "-V"],
    ["nsenter", "--version"],
  ] as const) {
    const { status, stderr, error } = spawnSync(tool, words, { encoding: "utf8" });
    const why = error?.message ?? stderr;
    if (status !== 0) throw new Error(`this test needs \`${tool} ${words.join(" ")}\`, which fails here: ${why}`);
  }
  const holder = start("unshare", ["-rn", "sh", "-c", "ip link set lo up && echo ready && exec cat"], "/");
  await holder.says(/ready/);
  const inside = ["-t", String(holder.pid), "-U", "-n", "--preserve-credentials"];
  const call = (command: string, words: string[], cwd: string) =>
    run("nsenter", [...inside, command, ...words], { cwd });
  return {
    run: call,
    paas: (words, cwd) => call(inject("installedCli").paas, words, cwd),
    ask: async (url) => {
      const { stdout, stderr } = await call(process.execPath, ["-e", ASK, url], "/");
      return stdout || stderr;
    },
    attempts: async () => attemptsIn((await call("cat", ["/proc/net/snmp", "/proc/net/snmp6"], "/")).stdout),
    close: async () => {
      holder.signal("SIGTERM");
      await holder.ended;
    },
  };
}

/** The kernel counts, for each network, what it had no route for. */
function attemptsIn(counters: string): number {
  const [names = [], values = []] = [...counters.matchAll(/^Ip: (.*)$/gm)].map(([, line = ""]) => line.split(" "));
  const four = values[names.indexOf("OutNoRoutes")];
  const six = /^Ip6OutNoRoutes\s+(\d+)$/m.exec(counters)?.[1];
  if (four === undefined || six === undefined) throw new Error("the kernel does not count what has no route");
  return Number(four) + Number(six);
}
