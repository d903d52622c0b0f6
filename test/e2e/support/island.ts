import { expect, inject } from "vitest";
import { type Call, type Outcome, run } from "../../helpers/paas.js";
import type { Answer } from "./ask.js";
import { start } from "./started.js";

/** A network of its own in which there is the loopback interface and nothing else: every way out of it is closed. */
export type Island = {
  run(command: string, words: string[], call: Call): Promise<Outcome>;
  /** Runs the installed CLI there. */
  paas(words: string[], call: Call): Promise<Outcome>;
  /** Asks a URL of a local gateway there. */
  ask(url: string): Promise<Answer>;
  /** Names of its network interfaces. */
  interfaces(): Promise<string[]>;
  /** How often something there has tried to reach another machine, name servers included (IPv4 and IPv6). */
  attempts(): Promise<number>;
  close(): Promise<void>;
};

/** @throws where the system lets nobody make a network namespace; nothing is skipped */
export async function openIsland(): Promise<Island> {
  const cwd = "/";
  // `cat` keeps the namespace, and ends with the test run whatever becomes of that.
  const keep = "ip link set lo up && echo there && exec cat";
  const keeper = start("unshare", ["--user", "--map-root-user", "--net", "sh", "-c", keep], cwd);
  await keeper.says(/^there$/m).catch((cause: Error) => {
    throw new Error(
      `these tests need Linux with \`unshare\`, \`nsenter\`, \`ip\` and unprivileged user namespaces: ${cause.message}`,
      { cause },
    );
  });
  const enter = ["--target", String(keeper.pid), "--user", "--net", "--preserve-credentials", "--"];
  const inside: Island["run"] = (command, words, call) => run("nsenter", [...enter, command, ...words], call);
  const printed = async (command: string, words: string[]) => {
    const { exit, stdout, stderr } = await inside(command, words, { cwd });
    expect(exit, stderr).toBe(0);
    return stdout;
  };
  return {
    run: inside,
    paas: (words, call) => inside(inject("installedCli").paas, words, call),
    ask: async (url) => JSON.parse(await printed(process.execPath, ["-e", ASK, url])) as Answer,
    interfaces: async () =>
      [...(await printed("cat", ["/proc/net/dev"])).matchAll(/^ *(\S+):/gm)].map(([, name = ""]) => name),
    attempts: async () => attemptsIn(await printed("cat", ["/proc/net/snmp", "/proc/net/snmp6"])),
    close: async () => {
      keeper.signal("SIGTERM");
      await keeper.ended;
    },
  };
}

const ASK = `const { host, port, pathname } = new URL(process.argv[1]);
require("node:http").get({ host: "127.0.0.1", port, path: pathname, headers: { host } }, (response) => {
  let body = "";
  response.on("data", (chunk) => (body += chunk));
  response.on("end", () => console.log(JSON.stringify({ status: response.statusCode, body })));
});`;

/** The kernel counts per network what it had no route for. */
function attemptsIn(counters: string): number {
  const [names = [], values = []] = [...counters.matchAll(/^Ip: (.*)$/gm)].map(([, line = ""]) => line.split(" "));
  const [, six] = /^Ip6OutNoRoutes\s+(\d+)$/m.exec(counters) ?? [];
  const four = values[names.indexOf("OutNoRoutes")];
  if (four === undefined || six === undefined) throw new Error("the kernel does not count what has no route");
  return Number(four) + Number(six);
}
