/**
 * The main job, played in a temporary repository on the local cloud: init, two environments, a change, a broken push, a
 * destroy. What a push does is what the committed workflow file says. Every claim is checked; the first that does not hold ends the demo with an error.
 */
import fs from "node:fs";
import net from "node:net";
import { ask, check, Stage } from "./stage.js";

type Listed = { environments: { envId: string; status: string; url: string | null; resourceGroup: string }[] };
type Status = {
  environment: { envId: string; resourceGroup: string; commit: string | null; tags: Record<string, string> };
  state: { container: string; key: string; exists: boolean };
  url: string | null;
};

async function play(stage: Stage): Promise<void> {
  await stage.act("A new repository with a sample app (Node, one real dependency)", async () => {
    await stage.git(["init", "--quiet", "--initial-branch=main"]);
    await stage.paas(["init", "--yes", "--name", "shop", "--sample", "node"]);
    stage.write("paas.yaml", (text) => `${text.trimEnd()}\n${OVERLAYS}`);
    await stage.commit("Start the shop");
  });

  const commits: Record<string, string> = {};
  for (const name of ["alice", "bob"]) {
    await stage.act(`git push local env-${name}`, async () => {
      await stage.git(["switch", "--quiet", "--create", `env-${name}`, "main"]);
      commits[name] = await stage.commit(`Hello from ${name}`);
      const { stderr } = await stage.git(["push", "--quiet", "local", `env-${name}`]);
      check(stderr.includes("paas-environment.yml starts"), "what deployed it is the committed workflow file");
    });
  }

  const urls: Record<string, string> = {};
  const groups: Record<string, string> = {};
  await stage.act("Each has its own URL, resource group, state and settings", async () => {
    for (const name of ["alice", "bob"]) {
      const status = await stage.json<Status>(["status", name]);
      urls[name] = status.url ?? "";
      groups[name] = status.environment.resourceGroup;
      const { status: code, body } = await ask(urls[name]);
      check(code === 200 && body.includes(commits[name] ?? "?"), `${urls[name]} answers with commit ${commits[name]}`);
      check(body.includes(GREETING[name] ?? "?"), `and with its own setting, "${GREETING[name]}"`);
      check(status.state.exists, `state in ${status.state.container}/${status.state.key}`);
      const tags = Object.entries(status.environment.tags).map(([key, value]) => `${key}=${value}`);
      console.log(`     ${groups[name]}\n       ${tags.join("\n       ")}`);
    }
    check(groups.alice !== groups.bob, "two resource groups");
    await stage.paas(["ls"]);
  });

  await stage.act("A change pushed to alice reaches alice only, while bob never fails", async () => {
    await stage.git(["switch", "--quiet", "env-alice"]);
    stage.write("server.js", (text) => `${text.trimEnd()}\n// a change\n`);
    commits.alice = await stage.commit("Change the shop");
    const before = (await ask(urls.bob ?? "")).body;
    const bob = knock(urls.bob ?? "", 200);
    await stage.git(["push", "--quiet", "local", "env-alice"]);
    const failures = await bob;
    check(failures.length === 0, `200 requests to bob during the push, ${failures.length} failed`);
    check((await ask(urls.alice ?? "")).body.includes(commits.alice ?? "?"), "alice answers with the new commit");
    check((await ask(urls.bob ?? "")).body === before, "bob answers as before");
  });

  await stage.act("A push that breaks the app is rejected, and the old version goes on serving", async () => {
    stage.write("server.js", () => 'throw new Error("no database");\n');
    await stage.commit("Break the shop");
    const { stderr } = await stage.git(["push", "local", "env-alice"], 1);
    check(stderr.includes("no database"), "the push says why: no database");
    check(
      (await ask(urls.alice ?? "")).body.includes(commits.alice ?? "?"),
      "alice still answers with the commit before",
    );
  });

  await stage.act("paas destroy alice", async () => {
    await stage.paas(["destroy", "alice", "--yes"]);
    const { environments } = await stage.json<Listed>(["ls"]);
    check(environments.length === 1 && environments[0]?.envId === "bob", "only bob is left");
    // It says so only when there is neither a resource group with alice's tags nor a state blob.
    const { stdout } = await stage.paas(["destroy", "alice", "--yes"]);
    check(stdout.includes("destroyed already"), "its resource group and its state are gone");
    const { apps } = await stage.json<{ apps: { id: string; pid: number | null }[] }>(["local", "status"]);
    check(apps.length === 1 && apps[0]?.id.includes("rg-shop-bob") === true, "of the processes only bob's is left");
    check((await ask(urls.alice ?? "")).status === 404, "its URL leads nowhere");
    check((await ask(urls.bob ?? "")).status === 200, "bob answers");
  });

  await stage.act("Nothing is left behind", async () => {
    await stage.paas(["local", "stop"]);
    check(stage.processes().length === 0, `no process is left${stage.processes().join("\n")}`);
    check(await isFree(Number(new URL(urls.bob ?? "").port)), "its port is free");
  });
}

const GREETING: Record<string, string> = { alice: "hello from alice", bob: "hello from bob" };

const OVERLAYS = `
environments:
  alice: { services: { web: { env: { GREETING: ${GREETING.alice} } } } }
  bob: { services: { web: { env: { GREETING: ${GREETING.bob} } } } }
`;

/** Asks again and again until `times` answers came; gives those that were not 200. */
async function knock(url: string, times: number): Promise<string[]> {
  const failures: string[] = [];
  for (let time = 0; time < times; time++) {
    const answer = await ask(url).catch((error: Error) => ({ status: 0, body: error.message }));
    if (answer.status !== 200) failures.push(`${answer.status} ${answer.body.slice(0, 80)}`);
  }
  return failures;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

const stage = new Stage();
console.log(
  "paas demo: everything runs on 127.0.0.1; Azure is simulated, git, Terraform, its backend and the app are real",
);
try {
  await play(stage);
  console.log(`\nThe demo passed in ${stage.total()}.`);
} catch (error) {
  console.error(`\nThe demo failed after ${stage.total()}: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
  await stage.paas(["local", "stop"]).catch(() => {});
} finally {
  fs.rmSync(stage.folder, { recursive: true, force: true });
}
