import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Core } from "./core.js";
import type { Execution } from "./jobs.js";
import { type Call, type Route, route } from "./route.js";

const JOB = "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.App/jobs/{job}";
const REPLICAS = `${JOB}/executions/{execution}/replicas`;
/** The version that the containerapp extension of the Azure CLI asks; no specification of either call is published. */
const VERSIONS = ["2023-11-02-preview"];
const SPEC = "azure-cli-extensions, containerapp: ContainerAppsJobPreviewClient (get_replicas, get_auth_token)";

export type Output = {
  lines: string[];
  /** Whether its replica has a stream; where it has none, only the log workspace knows what was said. */
  streamed: boolean;
};

const replica = z.strictObject({
  id: z.string(),
  name: z.string(),
  properties: z.strictObject({
    containers: z.array(z.strictObject({ name: z.string(), logStreamEndpoint: z.url() })),
  }),
});

/** What executions say, by the streams of their replicas. */
export function openJobOutput(core: Core, executionOf: (call: Pick<Call, "names">) => Execution): Route[] {
  const token = randomBytes(16).toString("hex");
  return [
    route({
      method: "POST",
      path: `${JOB}/getAuthToken`,
      versions: VERSIONS,
      spec: SPEC,
      responses: {
        200: z.strictObject({
          location: z.string(),
          properties: z.strictObject({ token: z.string(), expires: z.iso.datetime() }),
        }),
      },
      answer: () => {
        const expires = new Date(core.now().getTime() + 3_600_000).toISOString();
        return { status: 200, body: { location: "West Europe", properties: { token, expires } } };
      },
    }),
    route({
      method: "GET",
      path: REPLICAS,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: z.strictObject({ value: z.array(replica) }) },
      answer: (call) => {
        const { output, name, envelope } = executionOf(call);
        const path = `${call.path}/${name}-abcde`;
        const containers = envelope.properties.template.containers.map((container) => ({
          name: container.name,
          logStreamEndpoint: `https://westeurope.azurecontainerapps.dev${path}/containers/${container.name}/logstream`,
        }));
        const value = output.streamed ? [{ id: path, name: `${name}-abcde`, properties: { containers } }] : [];
        return { status: 200, body: { value } };
      },
    }),
    route({
      method: "GET",
      host: "{region}.azurecontainerapps.dev",
      path: `${REPLICAS}/{replica}/containers/{container}/logstream`,
      versions: null,
      query: z.strictObject({
        follow: z.enum(["true", "false"]),
        tailLines: z.string().regex(/^\d+$/),
        output: z.enum(["json", "text"]),
      }),
      spec: "log streaming, as `az containerapp job logs show` asks for it",
      audience: null,
      responses: { 200: z.string() },
      answer: (call) => {
        if (call.headers.authorization !== `Bearer ${token}`) return { status: 401, body: { message: "Unauthorized" } };
        const { output, startTime } = executionOf(call);
        const lines = output.lines.map((Log, index) => {
          // Two lines at a time, as a command that says much has them.
          const time = String(Math.floor(index / 2)).padStart(4, "0");
          return JSON.stringify({ TimeStamp: `${startTime.slice(0, -1)}${time}Z`, Log });
        });
        return { status: 200, body: lines.map((line) => `${line}\n`).join("") };
      },
    }),
  ];
}
