import { once } from "node:events";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Streams } from "../../src/cloud.js";
import { describeEnvironment } from "../../src/environment/describe.js";
import { printed } from "./program.js";
import { MANIFEST, openProject, type Project } from "./project.js";
import { SUBSCRIPTION } from "./stand-in/core.js";

const API = "  api: { runtime: node, port: 3000, internal: true, scale: { min: 1 } }\n";

let here: Project;
let app: string;
beforeAll(async () => {
  here = await openProject(MANIFEST + API);
  app = service().appName;
}, 120_000);
afterAll(() => here?.close());
beforeEach(() => {
  const { console, faults, logs } = here.azure;
  Object.assign(console, { commands: [], sizes: [], failing: null, terminal: false, hearing: null });
  logs.replicas.clear();
  logs.replicas.set(app, ["one"]);
  logs.tellingConsoles = true;
  faults.clear();
});

const environment = () => {
  const { manifest } = here;
  return describeEnvironment({
    manifest,
    trusted: manifest,
    branch: "env-bob",
    generation: 0,
    subscriptionId: SUBSCRIPTION,
  });
};
const service = (wanted = "web") => {
  const found = environment().services.find(({ name }) => name === wanted);
  if (!found) throw new Error(`no service ${wanted}`);
  return found;
};

const paas = async (...words: string[]) => (await printed(here, words)).stdout;

describe("what is asked of Azure about an environment", () => {
  test("ls names it with its URL", async () => {
    const { environments } = JSON.parse(await paas("ls", "--json"));
    const url = `https://${app}.happyrock.westeurope.azurecontainerapps.io`;
    expect(environments).toEqual([
      expect.objectContaining({ envId: "bob", branch: "env-bob", status: "running", url }),
    ]);
    expect(await paas("ls")).toMatch(new RegExp(`^bob +env-bob +running +\\w{8} +.*${url}$`, "m"));
  });

  test("status tells each service's revision, and the URL of the public one alone", async () => {
    const document = JSON.parse(await paas("status", "bob", "--json"));
    expect(document).toMatchObject({
      cloud: "azure",
      environment: { envId: "bob", status: "running", tier: "nonprod", resourceGroup: environment().resourceGroup },
      locks: { environment: null, terraform: null },
      state: { exists: true },
      services: [
        { name: "web", state: "healthy", revision: expect.stringMatching(`^${app}--`), url: document.url },
        { name: "api", state: "healthy", url: null },
      ],
    });
    expect(document.url).toMatch(/^https:\/\/.*\.azurecontainerapps\.io$/);
    const text = await paas("status", "bob");
    expect(text).toMatch(/^status +running$/m);
    expect(text).toMatch(new RegExp(`^web +healthy +${app}--\\d+ +${document.url}$`, "m"));
  });

  test("status tells a revision that fails, and an app that is gone", async () => {
    const [id] = here.azure.store
      .list("azurerm_container_app")
      .map(({ id }) => id)
      .filter((one) => one.endsWith(app));
    const history = here.azure.store.history(id ?? "");
    if (!id || !history) throw new Error("web is not there");
    const revisions = history.revisions.map((revision) => ({ ...revision, state: "failed" as const, reason: "probe" }));
    here.azure.store.saveHistory(id, { ...history, revisions });
    const resource = here.azure.store.get(id);
    expect(JSON.parse(await paas("status", "bob", "--json")).services[0]).toMatchObject({ state: "failed" });
    here.azure.store.delete(id);
    expect(JSON.parse(await paas("status", "bob", "--json")).services[0]).toMatchObject({
      state: "missing",
      url: null,
    });
    if (resource) here.azure.store.put(resource);
    here.azure.store.saveHistory(id, history);
  });

  test("open prints the URL; an internal service has none", async () => {
    const url = `https://${app}.happyrock.westeurope.azurecontainerapps.io`;
    expect(await paas("open", "bob")).toBe(`${url}\n`);
    expect(JSON.parse(await paas("open", "bob", "--service", "web", "--json"))).toMatchObject({
      environment: "bob",
      url,
    });
    await expect(paas("open", "bob", "--service", "api")).rejects.toMatchObject({ code: "service-internal" });
    await expect(paas("open", "nobody")).rejects.toMatchObject({ code: "no-such-environment", exit: 3 });
  });
});

type Screen = Streams & { stdin: PassThrough & { raw: boolean[] }; stdout: PassThrough; stderr: PassThrough };

/** Streams of a terminal, or of pipes. */
function screen(terminal: { columns: number; rows: number } | null): Screen {
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    raw,
    isTTY: terminal !== null,
    setRawMode: (on: boolean) => raw.push(on),
  });
  return {
    stdin,
    stdout: Object.assign(new PassThrough(), { isTTY: terminal !== null, ...terminal }),
    stderr: new PassThrough(),
  };
}

function exec(
  command: string[],
  streams: Streams,
  more: { service?: string; signal?: AbortSignal } = {},
): Promise<number> {
  const signal = more.signal ?? new AbortController().signal;
  return here.cloud.exec({ environment: environment(), service: service(more.service), command, streams, signal });
}

const shown = (stream: PassThrough) => String(stream.read() ?? "");

describe("paas exec on Azure", () => {
  test("gives the command its words, and stdout, stderr and exit code back", async () => {
    const pipes = screen(null);
    pipes.stdin.end();
    const script = `echo "it's $1"; echo bad >&2; exit 7`;
    expect(await exec(["sh", "-c", script, "sh", "two words"], pipes)).toBe(7);
    expect([shown(pipes.stdout), shown(pipes.stderr)]).toEqual(["it's two words\n", "bad\n"]);
    expect(await exec(["true"], screen(null))).toBe(0);
    expect(here.azure.console.commands[1]).toBe("true");
  });

  test("a pipe is read to its end, and lines end as they should", async () => {
    here.azure.console.terminal = true;
    const pipes = screen(null);
    pipes.stdin.end("b\na\n");
    expect(await exec(["sort"], pipes)).toBe(0);
    expect(shown(pipes.stdout)).toBe("a\nb\n");
  });

  test("a pipe that ends within a line is read to its end too", async () => {
    const pipes = screen(null);
    pipes.stdin.end("abc");
    const told = new AbortController();
    const hanging = setTimeout(() => told.abort(), 10_000);
    expect(await exec(["cat"], pipes, { signal: told.signal })).toBe(0);
    clearTimeout(hanging);
    expect(shown(pipes.stdout)).toBe("abc");
  });

  test("much goes through, both ways, and none of it is lost", async () => {
    const text = "0123456789abcdef\n".repeat(100_000);
    const pipes = screen(null);
    pipes.stdin.end(text);
    const told: Buffer[] = [];
    pipes.stdout.on("data", (chunk: Buffer) => told.push(chunk));
    expect(await exec(["cat"], pipes)).toBe(0);
    expect(Buffer.concat(told).toString() === text).toBe(true);
  });

  test("a terminal is raw meanwhile, tells its size whenever it changes, and Ctrl-C goes to the command", async () => {
    const terminal = screen({ columns: 120, rows: 40 });
    const running = exec(
      ["sh", "-c", "trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.1; done"],
      terminal,
    );
    const [first] = await once(terminal.stdout, "data");
    expect(String(first)).toBe("ready\n");
    expect(terminal.stdin.raw).toEqual([true]);
    terminal.stdout.emit("resize", Object.assign(terminal.stdout, { columns: 90, rows: 30 }));
    terminal.stdin.write("\u0003");
    const [second] = await once(terminal.stdout, "data");
    expect(String(second)).toBe("caught\n");
    expect(await running).toBe(3);
    expect(terminal.stdin.raw).toEqual([true, false]);
    expect(here.azure.console.sizes).toEqual(["120x40", "90x30"]);
  });

  test("an interrupt from outside ends the command and restores the terminal", async () => {
    const told = new AbortController();
    const terminal = screen({ columns: 80, rows: 24 });
    const running = exec(["sh", "-c", "echo ready; sleep 60"], terminal, { signal: told.signal });
    await once(terminal.stdout, "data");
    told.abort("SIGTERM");
    await expect(running).rejects.toMatchObject({ code: "interrupted", exit: 130 });
    expect(terminal.stdin.raw).toEqual([true, false]);
  });

  test("an interrupt while Azure connects waits for nothing", async () => {
    const told = new AbortController();
    const terminal = screen({ columns: 80, rows: 24 });
    here.azure.console.hearing = () => told.abort("SIGINT");
    const begun = performance.now();
    await expect(exec(["true"], terminal, { signal: told.signal })).rejects.toThrow();
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(terminal.stdin.raw).toEqual([]);
  });

  test("a connection that breaks is told, and the terminal restored", async () => {
    const terminal = screen({ columns: 80, rows: 24 });
    const running = exec(["sh", "-c", "echo ready; sleep 60"], terminal);
    await once(terminal.stdout, "data");
    here.azure.console.cut();
    await expect(running).rejects.toMatchObject({
      code: "console-lost",
      next: expect.stringContaining("before you repeat"),
    });
    expect(terminal.stdin.raw).toEqual([true, false]);
  });

  test("where Azure does not tell the console, it lies beside the output", async () => {
    here.azure.logs.tellingConsoles = false;
    expect(await exec(["true"], screen(null))).toBe(0);
  });

  test("an app without a replica has no console: scaled to zero, or not", async () => {
    here.azure.logs.replicas.clear();
    await expect(exec(["true"], screen(null))).rejects.toMatchObject({
      code: "no-console",
      details: [expect.stringContaining("scaled to zero")],
      next: expect.stringContaining("`paas open bob --service web`"),
    });
    await expect(exec(["true"], screen(null), { service: "api" })).rejects.toMatchObject({
      code: "no-console",
      details: [],
      next: expect.stringContaining("`paas logs bob --system`"),
    });
  });

  test("what Azure refuses is told in our words", async () => {
    const fault = (status: number, code: string, times = 1) =>
      here.azure.faults.add({ url: /containers\/web\/exec/, trouble: { status, code }, times });
    fault(429, "TooManyRequests", 9);
    await expect(exec(["true"], screen(null))).rejects.toMatchObject({ code: "too-many-consoles" });
    here.azure.faults.clear();
    fault(404, "NotFound");
    await expect(exec(["true"], screen(null))).rejects.toMatchObject({
      code: "no-console",
      message: expect.stringContaining("(404)"),
    });
    fault(403, "Forbidden");
    await expect(exec(["true"], screen(null))).rejects.toMatchObject({ exit: 4 });
    here.azure.console.failing = "Cannot attach to a container that is not running";
    await expect(exec(["true"], screen(null))).rejects.toMatchObject({
      code: "no-console",
      details: ["ClusterExecFailure: Cannot attach to a container that is not running"],
    });
  });

  test("a program that the image does not have", async () => {
    await expect(exec(["bash-that-is-not-there"], screen(null))).rejects.toMatchObject({
      code: "command-not-found",
      message: 'the image of service web has no program "bash-that-is-not-there"',
    });
  });

  describe("the command line", () => {
    afterEach(() => {
      process.exitCode = undefined;
    });

    test("takes what follows the dashes as the command, a shell where nothing does", async () => {
      const asked: object[] = [];
      const { cloud } = here;
      const exec = cloud.exec;
      cloud.exec = async ({ service: { name }, command }) => {
        asked.push([name, ...command]);
        return 5;
      };
      await paas("exec", "bob", "--", "ls", "--json", "-la");
      expect(process.exitCode).toBe(5);
      await paas("exec", "bob", "--service", "api");
      cloud.exec = exec;
      expect(asked).toEqual([
        ["web", "ls", "--json", "-la"],
        ["api", "sh"],
      ]);
    });

    test("a service that is not there is told with those that are, and where to look", async () => {
      await expect(paas("logs", "bob", "--service", "worker")).rejects.toMatchObject({
        code: "no-such-service",
        details: [expect.stringContaining("web")],
        next: expect.stringContaining("`paas status bob`"),
      });
    });

    test.each([
      [["exec", "nobody", "--", "ls"], "no-such-environment", 3],
      [["exec", "bob", "--service", "worker", "--", "ls"], "no-such-service", 3],
      [["exec", "bob", "ls", "-la"], "commander.unknownOption", undefined],
      [["exec", "bob", "ls"], "usage", 2],
    ])("%j is refused", async (words, code, exit) => {
      await expect(paas(...words)).rejects.toMatchObject({ code, ...(exit === undefined ? {} : { exit }) });
    });
  });
});
