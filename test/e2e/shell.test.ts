import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { paas, run } from "../helpers/paas.js";
import { gitRepo } from "../helpers/repository.js";
import { APP } from "./support/app.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { CTRL_C, paasOnTerminal } from "./support/terminal.js";

const ESCAPE = "\u001b";

describe("in a shell", () => {
  let project: Project;
  const shell = (line: string) =>
    run("bash", ["--noprofile", "--norc", "-c", line], { cwd: project.folder, variables: { PATH: pathWithPaas() } });

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    project.branch("env-alice");
    project.git("branch", "env-albert");
    await project.done(["up"]);
    await project.done(["up", "albert"]);
    return project.close;
  });

  it("bash completes commands, their options and values, and the names of live environments", async () => {
    const lines: [line: string, completed: string][] = [
      ["paas o", "open"],
      ["paas open a", "albert alice"],
      ["paas destroy ali", "alice"],
      ["paas local st", "start status stop"],
      ["paas completion b", "bash"],
      ["paas up --lock", "--lock-timeout"],
      ["paas terraform ", "albert alice"],
      ["paas ls nothing", ""],
    ];
    const asked = lines.map(([line]) => {
      const words = line.split(" ").map((word) => `"${word}"`);
      return `COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _paas; echo "\${COMPREPLY[@]}"`;
    });
    const { stdout, stderr } = await shell(["source <(paas completion bash)", ...asked].join("\n"));
    expect(stderr).toBe("");
    const sorted = (line: string) => line.split(" ").sort().join(" ");
    expect(stdout.trimEnd().split("\n").map(sorted)).toEqual(lines.map(([, completed]) => completed).slice(0, -1));
  });

  it.each(["zsh", "fish", "pwsh"])("%s gets a completion that asks paas", async (name) => {
    expect(await project.done(["completion", name])).toContain("paas __complete --");
  });

  it("Terraform runs against the environment's own state", async () => {
    const { exit, stdout, stderr } = await project.paas(["terraform", "alice", "--", "state", "list"]);
    expect(exit, stderr).toBe(0);
    const resources = stdout.split("\n").filter(Boolean);
    expect(resources).toContainEqual(expect.stringMatching(/^azurerm_container_app\./));
    expect(resources).toContainEqual(expect.stringMatching(/^azurerm_resource_group\./));
    expect((await project.paas(["terraform", "alice", "--", "plan", "-detailed-exitcode"])).exit).toBe(0);
    expect((await project.paas(["terraform", "alice", "--", "frob"])).exit).toBe(1);
  });

  it("exec runs a command where the app runs, and ends as it does", async () => {
    const script = 'pwd; echo "$PAAS_ENVIRONMENT $PORT" >&2; exit 7';
    const { exit, stdout, stderr } = await project.paas(["exec", "alice", "--", "sh", "-c", script]);
    const status = documentOf(await project.paas(["local", "status", "--json"])) as {
      apps: { id: string; port: number }[];
    };
    const port = status.apps.find(({ id }) => id.includes("-alice-"))?.port;
    expect([exit, stderr]).toEqual([7, expect.stringMatching(new RegExp(`^alice ${port}$`, "m"))]);
    expect(fs.existsSync(path.join(stdout.trimEnd(), "server.js"))).toBe(true);
    expect(stdout).toContain(path.join(project.folder, ".paas", "local"));
  });

  it("exec without a command reads a script from a pipe, to its end", async () => {
    const { exit, stdout } = await shell("printf 'cat <<end\\n$PAAS_BRANCH\\nend\\nexit 3' | paas exec alice 2>errors");
    expect([exit, stdout]).toEqual([3, "env-alice\n"]);
  });

  it("exec on a terminal: the command has that terminal, its size and Ctrl-C, and the last word", async () => {
    const script = "trap 'echo caught; exit 4' INT; stty size; read line; echo got $line; while :; do sleep 0.1; done";
    const run = paasOnTerminal(["exec", "alice", "--", "sh", "-c", script], project.folder);
    await run.says(/40 120/);
    run.type("something\n");
    await run.says(/got something/);
    run.type(CTRL_C);
    const { exit, stdout } = await run.ended;
    expect(exit, stdout).toBe(4);
    expect(stdout).toContain("caught");
    expect(stdout).not.toContain("[interrupted]");
  });

  it("exec says what is wrong: no such program, service, environment", async () => {
    const refused = async (...words: string[]) => {
      const { exit, stdout, stderr } = await project.paas(["exec", ...words]);
      return [exit, stdout, /\[([a-z-]+)\]/.exec(stderr)?.[1], stderr.includes("web")];
    };
    expect(await refused("alice", "--", "not-there")).toEqual([1, "", "command-not-found", false]);
    expect(await refused("alice", "--service", "api", "--", "ls")).toEqual([3, "", "no-such-service", true]);
    expect(await refused("nobody", "--", "ls")).toEqual([3, "", "no-such-environment", false]);
    expect(await refused("alice", "ls")).toEqual([2, "", "usage", false]);
  });

  it("logs --system shows what the runtime says, and not what the app prints", async () => {
    const texts = async (...words: string[]) => {
      const lines = (await project.done(["logs", "alice", "--json", ...words])).split("\n");
      return lines.map((line) => (JSON.parse(line) as { text: string }).text);
    };
    expect(await texts()).toContain("listening");
    const system = await texts("--system");
    expect(system).toContainEqual(expect.stringMatching(/^paas: .* is healthy after/));
    expect(system.filter((text) => !text.startsWith("paas: "))).toEqual([]);
  });

  it("the environment comes from the argument, then PAAS_ENV, then the branch; the folder from -C", async () => {
    const elsewhere = (words: string[], variables = {}) => paas(words, { cwd: os.tmpdir(), variables });
    const there = ["-C", path.join(project.folder, "infra")];
    project.git("checkout", "--quiet", "env-alice");
    expect((await elsewhere([...there, "open"])).stdout).toContain("//alice.");
    expect((await elsewhere([...there, "open"], { PAAS_ENV: "env-albert" })).stdout).toContain("//albert.");
    expect((await elsewhere([...there, "open", "alice"], { PAAS_ENV: "albert" })).stdout).toContain("//alice.");
    expect((await elsewhere(["-C", "/nowhere", "ls"])).exit).toBe(2);
  });

  it("a reader that goes away ends it without a word", async () => {
    const { exit, stdout, stderr } = await shell("set -o pipefail; paas ls 2>errors | head -1; cat errors");
    expect([exit, stdout, stderr]).toEqual([
      0,
      expect.stringMatching(/^ENVIRONMENT .*\ncloud: local \(simulated\)\n$/),
      "",
    ]);
  });

  it("colours are for terminals and for those who ask, and NO_COLOR has the last word", async () => {
    const coloured = async (variables: NodeJS.ProcessEnv) => {
      const { stdout, stderr } = await project.paas(["status", "nobody"], variables);
      expect(stdout).toBe("");
      return stderr.includes(ESCAPE);
    };
    expect(await coloured({})).toBe(false);
    expect(await coloured({ FORCE_COLOR: "1" })).toBe(true);
    expect(await coloured({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  });

  it.each([
    [{ TERM: "xterm" }, true],
    [{ TERM: "dumb" }, false],
    [{ TERM: "xterm", CI: "true" }, false],
  ])("on a terminal with %j the live line is drawn: %s", async (variables, drawn) => {
    const { exit, stdout } = await paasOnTerminal(["up", "alice"], project.folder, variables).ended;
    expect(exit).toBe(0);
    expect(stdout).toMatch(/✓.* plan +no change/);
    // Whatever is drawn over itself hides the cursor meanwhile.
    expect(stdout.includes(`${ESCAPE}[?25l`)).toBe(drawn);
  });

  it("a gateway port that is taken is told, and nothing is lost", async () => {
    const url = new URL(await project.done(["open", "alice"]));
    await project.done(["local", "stop"]);
    const other = await listenOn(Number(url.port));
    const { exit, stderr } = await project.paas(["ls"]);
    other.close();

    expect(exit).toBe(1);
    expect(stderr).toContain(`port ${url.port}`);
    expect(stderr).toContain("[gateway-port-taken]");
    expect(stderr).toMatch(/next: .*`paas local start --port <n>`/);
    expect(await project.done(["open", "alice"])).toBe(url.origin);
    expect((await project.get("alice")).status).toBe(200);
  });
});

describe("--help", () => {
  const { folder } = inject("installedCli");
  const help = async (...words: string[]) => (await paas([...words, "--help"], { cwd: folder })).stdout;

  it("of every command shows examples", async () => {
    const listed = [...(await help()).matchAll(/^ {2}([a-z]+)(?:\|[a-z]+)? /gm)].map(([, name = ""]) => name);
    expect(listed).toEqual(expect.arrayContaining(["init", "up", "destroy", "local", "completion"]));
    for (const name of listed.filter((candidate) => candidate !== "help")) {
      expect(await help(name), name).toMatch(/Examples:\n {2}\$ /);
    }
  });

  it("says nothing that is not built, and fits a terminal", async () => {
    const text = await help();
    for (const name of ["promote", "extend", "upgrade"]) expect(text).not.toContain(name);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it("needs no repository", async () => {
    expect((await paas(["--version"], { cwd: gitRepo().folder })).stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});

/** Another program that listens where the gateway would. */
async function listenOn(port: number): Promise<net.Server> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

function pathWithPaas(): string {
  const folder = path.dirname(inject("installedCli").paas);
  if (!fs.existsSync(path.join(folder, "paas"))) throw new Error(`no paas in ${folder}`);
  return `${folder}${path.delimiter}${process.env.PATH}`;
}
