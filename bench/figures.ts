import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";
import { interleaved, median, run, timed } from "./measure.js";
import { PAAS, type Project } from "./project.js";

/** What was measured, and how much of it is allowed; times in milliseconds. */
export type Figure = {
  what: string;
  ours: number;
  baseline: { what: string; took: number } | null;
  rule: string;
  allowed: number;
};

const BY_HAND = path.resolve(import.meta.dirname, "by-hand.sh");
const SYNTH_ONCE = path.resolve(import.meta.dirname, "synth-once.ts");

/** Certificates from a file cost every start of Node the same 50 ms and more, which would flatter a ratio. */
const BARE = { NODE_EXTRA_CA_CERTS: undefined };

export async function startUp(): Promise<Figure[]> {
  const node =
    (...words: string[]) =>
    () =>
      timed(() => run({ words: [process.execPath, ...words], variables: BARE }));
  const took = await interleaved(31, {
    empty: node("-e", "0"),
    version: node(PAAS, "--version"),
    help: node(PAAS, "--help"),
  });
  const baseline = { what: "node -e 0", took: took.empty };
  const bounds = { baseline, rule: "≤ 1.8 × baseline", allowed: 1.8 * took.empty };
  return [
    { what: "paas --version", ours: took.version, ...bounds },
    { what: "paas --help", ours: took.help, ...bounds },
  ];
}

/** An environment of 15 resources: group, identity and 13 services. */
export async function synth(project: Project, cdktf: string): Promise<Figure> {
  const manifest = path.join(project.repository, "paas.yaml");
  const before = fs.readFileSync(manifest, "utf8");
  const service = /\n {2}web:\n(?: {4}.*\n)+/.exec(before)?.[0] ?? "";
  const more = Array.from({ length: 12 }, (_, number) => service.replace("web:", `web${number}:`).trimStart());
  fs.writeFileSync(manifest, before.replace(service, `${service}${more.map((text) => `  ${text}`).join("")}`));
  const environmentFile = path.join(project.folder, "environment.json");
  fs.writeFileSync(environmentFile, await project.paas("config", "bench", "--environment-file"));
  fs.writeFileSync(manifest, before);

  const { infra, folder } = project;
  const work = path.join(folder, "synth");
  const output = path.join(folder, "cdktf.out");
  const words = [SYNTH_ONCE, infra, path.join(infra, "node_modules"), environmentFile, work];
  const variables = {
    ...BARE,
    CHECKPOINT_DISABLE: "1",
    CI: "1",
    PAAS_ENVIRONMENT_FILE: environmentFile,
    TF_CLI_CONFIG_FILE: undefined,
  };
  const took = await interleaved(5, {
    ours: async () => Number(await run({ words: [process.execPath, "--import", "tsx", ...words] })),
    cdktf: () => timed(() => run({ words: [cdktf, "synth", "--output", output], cwd: infra, variables })),
  });
  const made = resourcesIn(path.join(work, "cdk.tf.json"));
  if (made !== 15) throw new Error(`the environment has ${made} resources, not 15`);
  return {
    what: "synth of 15 resources",
    ours: took.ours,
    baseline: { what: "cdktf synth", took: took.cdktf },
    rule: "≤ 0.15 × baseline",
    allowed: 0.15 * took.cdktf,
  };
}

function resourcesIn(file: string): number {
  const { resource = {} } = JSON.parse(fs.readFileSync(file, "utf8")) as { resource?: Record<string, object> };
  return Object.values(resource).reduce((sum, named) => sum + Object.keys(named).length, 0);
}

/** The environment of the current branch is up already and nothing has changed. */
export async function noChange(project: Project): Promise<Figure> {
  await project.paas("up");
  const samples: number[] = [];
  for (let round = 0; round < 5; round += 1) samples.push(await timed(() => project.paas("up")));
  return { what: "paas up without a change", ours: median(samples), baseline: null, rule: "≤ 3 s", allowed: 3000 };
}

/** From the push of a changed app until the new version answers, beside the same commit run by hand. */
export async function changedApp(project: Project): Promise<Figure> {
  const branch = (await project.git("branch", "--show-current")).trim();
  const url = (await project.paas("up")).trim();
  const byHand = () => runByHand(project, branch);
  const push = async () => {
    const commit = await project.change();
    return timed(async () => {
      await project.git("push", "--quiet", "local", branch);
      const body = await ask(url);
      if (!body.includes(commit.slice(0, 8))) throw new Error(`the app does not answer with ${commit}`);
    });
  };
  // Both fill their caches first.
  await byHand();
  await push();
  const took = await interleaved(5, { byHand, push });
  return {
    what: "git push local of a changed app, until it answers",
    ours: took.push,
    baseline: { what: "clone, install, build, start by hand", took: took.byHand },
    rule: "≤ 1.5 × baseline + 3 s",
    allowed: 1.5 * took.byHand + 3000,
  };
}

async function runByHand(project: Project, branch: string): Promise<number> {
  const folder = fs.mkdtempSync(path.join(project.folder, "by-hand-"));
  const port = await freePort();
  let app: ChildProcess | undefined;
  const took = await timed(async () => {
    app = spawn("bash", [BY_HAND, project.repository, branch, path.join(folder, "app"), String(port), "/healthz"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = readline.createInterface({ input: app.stdout as NodeJS.ReadableStream });
    const [line] = (await Promise.race([once(lines, "line"), once(app, "exit")])) as [string | number | null];
    if (line !== "answers") throw new Error(`by-hand.sh ended with ${line}`);
  });
  const ended = once(app as ChildProcess, "close");
  app?.stdin?.end();
  await ended;
  fs.rmSync(folder, { recursive: true, force: true });
  return took;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Only browsers and curl resolve `*.localhost`. */
async function ask(url: string): Promise<string> {
  const { host, port } = new URL(url);
  const request = http.get({ host: "127.0.0.1", port, headers: { host }, agent: false });
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += String(chunk);
  return body;
}
