import { z } from "zod";
import { tags } from "./route.js";

/*
 * Jobs as `stable/2025-07-01/Jobs.json` has them, as far as paas uses them, with `detailedStatus` of
 * `preview/2025-10-02-preview/Jobs.json`.
 */

const container = z.strictObject({
  name: z.string(),
  image: z.string().regex(/@sha256:/),
  command: z.array(z.string()).min(1),
  resources: z.strictObject({ cpu: z.number(), memory: z.string().regex(/^[\d.]+Gi$/) }),
  env: z.array(
    z.union([
      z.strictObject({ name: z.string(), value: z.string() }),
      z.strictObject({ name: z.string(), secretRef: z.string() }),
    ]),
  ),
});
const template = z.strictObject({ containers: z.array(container) });
const identity = z.strictObject({
  type: z.enum(["None", "UserAssigned"]),
  userAssignedIdentities: z.record(z.string(), z.strictObject({})),
});
const properties = z.strictObject({
  environmentId: z.string(),
  workloadProfileName: z.string().optional(),
  configuration: z.strictObject({
    triggerType: z.enum(["Schedule", "Event", "Manual"]),
    manualTriggerConfig: z.strictObject({ parallelism: z.number().int(), replicaCompletionCount: z.number().int() }),
    replicaTimeout: z.number().int().positive(),
    replicaRetryLimit: z.number().int(),
    registries: z.array(z.strictObject({ server: z.string(), identity: z.string() })),
    // `value` is left out: paas may never send one.
    secrets: z.array(z.strictObject({ name: z.string(), keyVaultUrl: z.url(), identity: z.string() })),
  }),
  template,
});
export const envelope = z.strictObject({ location: z.string(), tags, identity: identity.optional(), properties });
export const job = envelope.extend({
  id: z.string(),
  name: z.string().regex(/^(?!.*--)[a-z][a-z0-9-]{0,30}[a-z0-9]$/),
  type: z.literal("Microsoft.App/jobs"),
  properties: properties.extend({
    provisioningState: z.enum(["InProgress", "Succeeded", "Failed", "Canceled", "Deleting"]),
  }),
});
const executionStatus = z.enum(["Running", "Processing", "Stopped", "Degraded", "Failed", "Unknown", "Succeeded"]);
export const execution = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  properties: z.strictObject({
    status: executionStatus,
    startTime: z.iso.datetime(),
    endTime: z.iso.datetime().optional(),
    template,
  }),
});
export const detailed = execution.extend({
  properties: execution.shape.properties.extend({
    detailedStatus: z.strictObject({
      replicas: z.array(
        z.strictObject({
          name: z.string(),
          containers: z.array(
            z.strictObject({ name: z.string(), code: z.number().int().optional(), status: z.string() }),
          ),
        }),
      ),
    }),
  }),
});

export type JobEnvelope = z.infer<typeof envelope>;
export type ExecutionStatus = z.infer<typeof executionStatus>;
