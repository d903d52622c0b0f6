import { z } from "zod";
import { ArmError, resourceNotFound } from "../../../src/local/arm/exchange.js";
import type { Resource } from "../../../src/local/store.js";
import type { Core } from "./core.js";
import { type Output, openJobOutput } from "./job-output.js";
import { detailed, type ExecutionStatus, envelope, execution, type JobEnvelope, job } from "./job-schemas.js";
import { type Call, pageOf, route } from "./route.js";

const SPEC = "app/Microsoft.App/ContainerApps/stable/2025-07-01/Jobs.json";
const DETAILED = SPEC.replace("stable/2025-07-01", "preview/2025-10-02-preview");
const VERSIONS = ["2025-07-01"];
const GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.App";
const JOB = `${GROUP}/jobs/{job}`;
const TYPE = "azurerm_container_app_job";

/** What a started job does. */
export type Script = {
  /** How often it is still told to be running; Infinity = it hangs. */
  looks: number;
  /** How many lists of executions are given without it. */
  listedAfter: number;
  /** Exit code of its container; null where Azure does not tell. */
  code: number | null;
  failed: boolean;
  output: Output;
};

export type Execution = Script & {
  group: string;
  job: string;
  name: string;
  startTime: string;
  status: ExecutionStatus;
  envelope: JobEnvelope;
};

const SUCCEEDS: Script = { looks: 1, listedAfter: 0, code: 0, failed: false, output: { lines: [], streamed: true } };

/** Container Apps jobs that are started by hand. Nothing runs: what an execution does is what a test has written. */
export function openJobs(core: Core) {
  const jobs = {
    /** What the next execution does. */
    script: SUCCEEDS,
    /** Every execution there ever was, also of jobs that are gone. */
    executions: [] as Execution[],
    reset: () => {
      jobs.script = SUCCEEDS;
      jobs.executions.length = 0;
    },
  };
  const groupId = (group = "") => `/subscriptions/${core.subscriptionId}/resourceGroups/${group}`;
  const idOf = ({ group, job: name }: Call["names"]) => `${groupId(group)}/providers/Microsoft.App/jobs/${name}`;
  const found = ({ names }: Pick<Call, "names">) => {
    const resource = core.store.get(idOf(names));
    if (!resource) throw resourceNotFound("Microsoft.App/jobs", names.job ?? "", names.group ?? "");
    return resource;
  };
  const rendered = ({ id, attributes }: Resource) => {
    const { envelope: given } = attributes as { envelope: JobEnvelope };
    const name = id.slice(id.lastIndexOf("/") + 1);
    const told = { ...given.properties, provisioningState: "Succeeded" };
    return { ...given, id, name, type: "Microsoft.App/jobs", properties: told };
  };
  const executionsOf = ({ names }: Pick<Call, "names">) =>
    jobs.executions.filter(({ group, job: of }) => group === names.group && of === names.job);
  const executionOf = (call: Pick<Call, "names">) => {
    found(call);
    const one = executionsOf(call).find(({ name }) => name === call.names.execution);
    if (!one) throw new ArmError(404, "JobExecutionNotFound", `no execution ${call.names.execution}`);
    return one;
  };
  const renderExecution = (one: Execution, id: string) => ({
    id: `${id}/executions/${one.name}`,
    name: one.name,
    type: "Microsoft.App/jobs/executions",
    properties: {
      status: one.status,
      startTime: one.startTime,
      ...(one.status === "Running" ? {} : { endTime: core.now().toISOString() }),
      template: one.envelope.properties.template,
    },
  });
  /** An execution comes along with each look at it. */
  const looked = (one: Execution): Execution => {
    if (one.status !== "Running") return one;
    if (one.looks > 0) one.looks -= 1;
    else one.status = one.failed ? "Failed" : "Succeeded";
    return one;
  };

  /** It comes into view with each list that is asked for. */
  const isListed = (one: Execution): boolean => {
    if (one.listedAfter === 0) return true;
    one.listedAfter -= 1;
    return false;
  };

  const routes = [
    route({
      method: "PUT",
      path: JOB,
      versions: VERSIONS,
      spec: SPEC,
      request: envelope,
      responses: { 200: job, 201: job },
      answer: (call) => {
        refuseBroken(call.body, core);
        const id = idOf(call.names);
        const { location, tags: given, properties: put } = call.body;
        const attributes = { location, tags: given, container_app_environment_id: put.environmentId };
        const made = { id, type: TYPE, attributes: { ...attributes, envelope: call.body } };
        core.store.put(made);
        return core.operations.begin(call, () => ({ status: 200 }), { status: 201, body: rendered(made) });
      },
    }),
    route({
      method: "GET",
      path: JOB,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: job },
      answer: (call) => ({ status: 200, body: rendered(found(call)) }),
    }),
    route({
      method: "DELETE",
      path: JOB,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: null, 202: null, 204: null },
      answer: (call) => {
        if (!core.store.get(idOf(call.names))) return { status: 204 };
        return core.operations.accept(call, () => {
          core.store.delete(idOf(call.names));
          return { status: 200 };
        });
      },
    }),
    route({
      method: "GET",
      path: `${GROUP}/jobs`,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: pageOf(job) },
      answer: ({ names }) => {
        const own = core.store.under(groupId(names.group)).filter(({ type }) => type === TYPE);
        return { status: 200, body: { value: own.map(rendered) } };
      },
    }),
    route({
      method: "POST",
      path: `${JOB}/start`,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: z.strictObject({ id: z.string(), name: z.string() }), 202: null },
      answer: (call) => {
        const { id, attributes } = found(call);
        const { group = "", job: of = "" } = call.names;
        const name = `${of}-${String(jobs.executions.length + 1).padStart(7, "0")}`;
        const startTime = core.now().toISOString();
        const { envelope: given } = attributes as { envelope: JobEnvelope };
        jobs.executions.push({ ...jobs.script, group, job: of, name, startTime, status: "Running", envelope: given });
        return core.operations.accept(call, () => ({ status: 200, body: { id: `${id}/executions/${name}`, name } }));
      },
    }),
    route({
      method: "GET",
      path: `${JOB}/executions`,
      versions: VERSIONS,
      query: z.strictObject({ $filter: z.string().optional() }),
      spec: SPEC,
      responses: { 200: pageOf(execution) },
      answer: (call) => {
        const { id } = found(call);
        const listed = executionsOf(call).filter(isListed);
        return { status: 200, body: { value: listed.map((one) => renderExecution(one, id)) } };
      },
    }),
    route({
      method: "GET",
      path: `${JOB}/executions/{execution}`,
      versions: [...VERSIONS, "2025-10-02-preview"],
      spec: `${SPEC} and ${DETAILED}`,
      responses: { 200: z.union([execution, detailed]) },
      answer: (call) => {
        const one = executionOf(call);
        if (call.query.get("api-version") === "2025-07-01") {
          return { status: 200, body: renderExecution(looked(one), idOf(call.names)) };
        }
        const told = renderExecution(one, idOf(call.names));
        const containers = one.envelope.properties.template.containers.map(({ name }) => {
          return { name, status: "Terminated", ...(one.code === null ? {} : { code: one.code }) };
        });
        const detailedStatus = { replicas: [{ name: `${one.name}-abcde`, containers }] };
        return { status: 200, body: { ...told, properties: { ...told.properties, detailedStatus } } };
      },
    }),
    route({
      method: "POST",
      path: `${JOB}/executions/{execution}/stop`,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: null, 202: null },
      answer: (call) => {
        const one = executionOf(call);
        return core.operations.accept(call, () => {
          if (one.status === "Running") one.status = "Stopped";
          return { status: 200 };
        });
      },
    }),
    ...openJobOutput(core, executionOf),
  ];
  return Object.assign(jobs, { routes });
}

/** What Azure refuses; its words are ours, the first code is its own. */
function refuseBroken(
  { properties: { environmentId, configuration, template: of }, identity: given }: JobEnvelope,
  core: Core,
) {
  const secrets = new Set(configuration.secrets.map(({ name }) => name));
  for (const variable of of.containers.flatMap(({ env }) => env)) {
    if (!("secretRef" in variable) || secrets.has(variable.secretRef)) continue;
    throw new ArmError(400, "ContainerAppSecretRefNotFound", `SecretRef '${variable.secretRef}' not found`);
  }
  if (!core.store.get(environmentId)) {
    throw new ArmError(400, "InvalidParameterValue", `The environment '${environmentId}' does not exist`);
  }
  const assigned = new Set(Object.keys(given?.userAssignedIdentities ?? {}).map((id) => id.toLowerCase()));
  for (const { identity: used } of [...configuration.secrets, ...configuration.registries]) {
    if (assigned.has(used.toLowerCase())) continue;
    throw new ArmError(400, "ContainerAppIdentityNotAssigned", `The identity '${used}' is not assigned to the job`);
  }
}
