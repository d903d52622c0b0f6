import type { EnvironmentService } from "../environment/environment.js";
import type { EnvironmentRecord } from "../state/record.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { table } from "../ui/table.js";
import { relative, shortCommit } from "../ui/wording.js";
import { describedEnvironment, type Known, knownEnvironment } from "./known.js";

export type StatusOptions = GlobalOptions & { environment?: string };

type ServiceStatus = { name: string; state: string; revision: string | null; image: string | null; url: string | null };

export async function status(options: StatusOptions, tools: Tools): Promise<void> {
  const known = await knownEnvironment(options.environment, tools);
  const environment = await describedEnvironment(known, tools);
  const { target, doors } = known;
  const { record, group } = target;
  const services = await Promise.all(environment.services.map((service) => serviceStatus(service, known)));
  const lock = await doors.state.records.lock(target.recordRef);
  const terraform = target.hasState ? await doors.state.blobs.lock(target.stateRef) : null;
  const document = {
    environment: {
      envId: target.envId,
      branch: environment.branch,
      kind: environment.kind,
      tier: target.tier,
      protected: target.protected,
      status: record?.state ?? "orphan",
      commit: record?.commit ?? null,
      generation: environment.generation,
      resourceGroup: group?.name ?? environment.resourceGroup,
      tags: group?.tags ?? {},
      expires: record?.expires ?? null,
    },
    url: record?.url ?? null,
    state: { ...target.stateRef, exists: target.hasState },
    locks: { environment: lock.state === "free" ? null : lock, terraform: terraform ?? null },
    services,
    deployments: (record?.deployments ?? []).map(({ commit, at }) => ({ commit, at })),
  };
  tools.ui.result(options, document, text(document.environment, record, services, lock.state, tools));
}

async function serviceStatus(service: EnvironmentService, { target, doors }: Known): Promise<ServiceStatus> {
  const group = target.group?.name ?? "";
  const app = group ? await doors.apps.find(group, service.appName) : null;
  if (!app) return { name: service.name, state: "missing", revision: null, image: null, url: null };
  const serving = app.readyRevision ?? app.latestRevision;
  const { state } = serving ? await doors.apps.revision(group, app.name, serving) : { state: "none" };
  const url = app.host && !service.internal ? doors.cloud.url(app.host) : null;
  return { name: service.name, state, revision: serving, image: app.image, url };
}

function text(
  environment: { envId: string; branch: string; status: string; resourceGroup: string; commit: string | null },
  record: EnvironmentRecord | null,
  services: ServiceStatus[],
  lock: string,
  tools: Tools,
): string {
  const now = tools.now();
  const last = record?.deployments[0];
  const facts: [string, string | null][] = [
    ["environment", environment.envId],
    ["branch", environment.branch],
    ["status", statusWords(environment.status, last?.commit ?? null)],
    ["url", record?.url ?? null],
    ["commit", environment.commit && shortCommit(environment.commit)],
    ["deployed", last ? relative(new Date(last.at), now) : null],
    ["expires", record?.expires ? relative(new Date(record.expires), now) : "never"],
    ["group", environment.resourceGroup],
    ["lock", lock],
  ];
  const lines = facts.map(([name, value]) => `${name.padEnd(12)} ${value ?? "-"}`);
  const rows = services.map(({ name, state, revision, url }) => [name, state, revision, url]);
  return [...lines, "", table(["SERVICE", "STATE", "REVISION", "URL"], rows, tools.ui.width)].join("\n");
}

/** A run that failed leaves what served before. */
function statusWords(status: string, deployed: string | null): string {
  if (status !== "failed") return status;
  return deployed ? `failed in the last run; ${shortCommit(deployed)} goes on serving` : "failed; nothing serves yet";
}
