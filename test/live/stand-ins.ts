import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { PROVIDERS } from "../../src/doctor/needs.js";
import { packageCache } from "../../src/terraform/packages.js";
import { openAzure, proxyAgent, type StandIn } from "../azure/stand-in/azure.js";
import { SUBSCRIPTION, TENANT } from "../azure/stand-in/core.js";
import { addApplication } from "../azure/stand-in/directory.js";
import { type Docker, standInDocker } from "../azure/stand-in/docker.js";
import type { App } from "../azure/stand-in/ingress.js";
import { BINDINGS, TYPES, terraformWith } from "../azure/stand-in/terraform.js";
import { warmPackages } from "../helpers/warm-packages.js";
import type { Ground } from "./ground.js";

export { SUBSCRIPTION };

/** Stand-ins for Azure and docker, the real Terraform with the simulated provider, and somebody who is Owner. */
export type StandIns = { ground: Ground; azure: StandIn; docker: Docker /** For `joinStandIns`. */; file: string };

const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

export async function openStandIns(): Promise<StandIns> {
  // The way to the package registry does not lead through the stand-ins.
  await warmPackages();
  const azure = await openAzure({});
  azure.schemas.ensure(TYPES, BINDINGS);
  const docker = standInDocker(path.join(azure.folder, "docker"));
  const secret = { value: "s3cret", expires: new Date(Date.now() + 24 * 3600_000) };
  const { clientId, oid } = addApplication(azure.directory, { secret });
  // Terraform is simulated, and knows who it works for by being told.
  azure.terraform.objectId = oid;
  makeOwner(azure, oid);
  // The last is left for bootstrap: the others are waited for in the same way.
  for (const namespace of PROVIDERS.slice(0, -1)) azure.registrations.add(namespace);
  await runApps(azure);
  const [runs, home] = ["runs", "home"].map((name) => path.join(azure.folder, name)) as [string, string];
  for (const folder of [runs, home]) fs.mkdirSync(folder);
  const variables = {
    PATH: `${docker.folder}${path.delimiter}${process.env.PATH}`,
    HOME: home,
    TMPDIR: azure.folder,
    NO_COLOR: "1",
    CHECKPOINT_DISABLE: "1",
    PAAS_CACHE_DIR: path.dirname(packageCache(process.env)),
    PAAS_TERRAFORM: terraformWith(azure),
    ARM_TENANT_ID: TENANT,
    ARM_CLIENT_ID: clientId,
    ARM_CLIENT_SECRET: secret.value,
    ...azure.variables,
  };
  const file = path.join(azure.folder, "ground.json");
  fs.writeFileSync(file, JSON.stringify({ variables, runs }), { mode: 0o600 });
  const ground = { simulated: true, variables, clientOptions: azure.clientOptions, runs, close: azure.close };
  return { ground, azure, docker, file };
}

/** Stand-ins that another process has opened: a run can be killed there, and they go on. @param file of `StandIns` */
export function joinStandIns(file: string): Ground {
  const known = JSON.parse(fs.readFileSync(file, "utf8")) as Pick<Ground, "variables" | "runs">;
  const { HTTPS_PROXY: proxy = "", NODE_EXTRA_CA_CERTS: certificate = "" } = known.variables;
  const agent = proxyAgent(proxy, fs.readFileSync(certificate, "utf8"));
  return { ...known, simulated: true, clientOptions: { agent }, close: async () => agent.destroy() };
}

function makeOwner({ roles }: StandIn, principalId: string): void {
  const scope = `/subscriptions/${SUBSCRIPTION}`;
  const roleDefinitionId = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${OWNER}`;
  roles.assignments.push({
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${OWNER}`,
    name: OWNER,
    type: "Microsoft.Authorization/roleAssignments",
    properties: { roleDefinitionId, principalId, principalType: "ServicePrincipal", scope },
  });
}

/** Nothing runs in a stand-in: what the app would answer and print is asked of its own code. */
async function runApps({ ingress, store, logs }: StandIn): Promise<void> {
  const { answer } = (await import(pathToFileURL(path.join(import.meta.dirname, "app/answer.js")).href)) as {
    answer: App;
  };
  ingress.app = answer;
  store.onChange(({ kind, resource }) => {
    if (kind !== "put" || resource.type !== "azurerm_container_app") return;
    const name = String(resource.attributes.name);
    const commit = /"name":"PAAS_COMMIT"[^}]*"value":"(\w+)"|"value":"(\w+)"[^}]*"name":"PAAS_COMMIT"/.exec(
      JSON.stringify(resource.attributes.template),
    );
    if (!commit) return;
    const line = { TimeStamp: new Date().toISOString(), Log: `listening, commit ${commit[1] ?? commit[2]}` };
    logs.replicas.set(name, [`${name}-replica`]);
    logs.lines.set(`${name}-replica`, [line]);
  });
}
