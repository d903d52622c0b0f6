import { z } from "zod";
import { SECRET_NAME } from "../naming/secret.js";
import { DURATION } from "./duration.js";
import { RUNTIMES, TIERS } from "./manifest.js";

/*
 * The shape of paas.yaml. Every field says in `allowed` what it takes: the same words stand in error messages and in
 * the JSON Schema that editors show. Defaults are filled in by normalize.ts, because overlays must not bring any.
 */

/** Characters; leaves room for the environment in a container app's name of at most 32. */
export const MAX_SERVICE_NAME = 16;

export const SLUG = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function text(pattern: RegExp, allowed: string, max = 4096) {
  return z
    .string({ error: allowed })
    .max(max, { error: allowed })
    .regex(pattern, { error: allowed })
    .meta({ description: allowed });
}

function whole(min: number, max: number, allowed: string) {
  return z
    .number({ error: allowed })
    .int({ error: allowed })
    .min(min, { error: allowed })
    .max(max, { error: allowed })
    .meta({ description: allowed });
}

function flag(allowed: string) {
  return z.boolean({ error: allowed }).meta({ description: allowed });
}

function choice<const Values extends readonly [string, ...string[]]>(values: Values, purpose: string) {
  const allowed = `one of ${values.join(", ")}: ${purpose}`;
  return z.enum(values, { error: allowed }).meta({ description: allowed });
}

/** Every field optional and removable with null, as overlays have it. */
function changes<Shape extends z.ZodRawShape>(shape: Shape) {
  const entries = Object.entries(shape).map(([key, field]) => [key, (field as z.ZodType).nullable().optional()]);
  return Object.fromEntries(entries) as { [Key in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Key]>> };
}

const serviceName = text(
  SLUG,
  `a service name: lower-case letters, digits and single dashes, at most ${MAX_SERVICE_NAME} characters`,
  MAX_SERVICE_NAME,
);
const variableName = text(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  "the name of an environment variable: letters, digits and _, not beginning with a digit",
  256,
);
const secretName = text(
  SECRET_NAME,
  "the name of a secret: capital letters, digits and single underscores, like STRIPE_KEY",
  100,
);
const variableText = "text, a number, true or false: the value of a variable";
const variable = z
  .union([z.string(), z.number(), z.boolean()], { error: variableText })
  .meta({ description: variableText });
const startupText = "seconds, or a duration like 90s or 5m: how long a new version may take until it is healthy";
const startup = z
  .union([whole(1, 86_400, startupText), text(DURATION, startupText)], { error: startupText })
  .meta({ description: startupText });
const secretsText = "a list of names of secrets; their values never stand in this file";
const releaseText = "a command: run in the new image before traffic moves";
const anything = z.record(z.string(), z.unknown(), { error: "a map" });

const scaleFields = {
  min: whole(0, 300, "a whole number from 0 to 300: replicas that always run").optional(),
  max: whole(1, 300, "a whole number from 1 to 300: replicas at most").optional(),
};

const plainServiceFields = {
  path: text(/\S/, "the service's folder inside the repository, like . or services/api"),
  compute: choice(["container-app", "app-service", "function"], "what runs it"),
  port: whole(1, 65_535, "a whole number from 1 to 65535: the port that the app listens on"),
  internal: flag("true or false: whether the service stays off the public ingress"),
  cpu: z
    .number({ error: "vCPU as a number, like 0.5" })
    .positive({ error: "vCPU as a number, like 0.5" })
    .meta({ description: "vCPU: a multiple of 0.25 from 0.25 to 4; memory in Gi is twice that" }),
  memory: text(/^[0-9]+(?:\.[0-9]+)?Gi$/, "memory in Gi, like 1Gi or 0.5Gi"),
  health: text(/^\/[^\s#]*$/, "a path that answers 2xx or 3xx when the app is healthy, beginning with /"),
  startup,
  secrets: z.array(secretName, { error: secretsText }).meta({ description: secretsText }),
  release: text(/\S/, releaseText),
  domain: text(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, "a host name in lower case, like shop.example.com", 253),
};
const runtime = choice(RUNTIMES, "how the service is built");

const service = z
  .strictObject(
    {
      runtime,
      ...z.strictObject(plainServiceFields).partial().shape,
      scale: z.strictObject(scaleFields, { error: "a map with min and max" }).optional(),
      env: z.record(variableName, variable, { error: "a map of variables" }).optional(),
    },
    { error: "a map that describes the service" },
  )
  .meta({ description: "One deployable part of the repository" });

const serviceChanges = z.strictObject(
  {
    ...changes({ runtime, ...plainServiceFields }),
    scale: z.strictObject(changes(scaleFields), { error: "a map with min and max" }).nullable().optional(),
    env: z
      .record(variableName, variable.nullable(), { error: "a map of variables; null removes one" })
      .nullable()
      .optional(),
  },
  { error: "a map that changes the service, or null to remove it" },
);

const location = text(/^[a-z][a-z0-9]+$/, "an Azure region in its short form, like westeurope", 40);
const isolation = choice(["shared", "dedicated"], "Container Apps environment of the platform, or one per environment");
const ttlText = "a duration like 12h or 7d, or never: how long the environment lives after its last deployment";

export const overlaySchema = z.strictObject(
  {
    branch: text(/\S/, "the branch that the environment follows", 244).optional(),
    tier: choice(TIERS, "which platform it is on").optional(),
    protected: flag("true or false: whether destroying it asks for the id").optional(),
    ttl: z
      .union([z.literal("never", { error: ttlText }), text(DURATION, ttlText)], { error: ttlText })
      .nullable()
      .optional()
      .meta({ description: ttlText }),
    location: location.optional(),
    isolation: isolation.optional(),
    services: z
      .record(serviceName, serviceChanges.nullable(), { error: "a map of services" })
      .optional()
      .meta({ description: "Changes to services; null removes one, a new one is added whole" }),
    addons: anything.optional(),
  },
  { error: "a map of what is different in this environment" },
);

const placeFields = {
  subscription: text(UUID, "the id of the subscription: a UUID"),
  stateAccount: text(/^[a-z0-9]{3,24}$/, "the storage account that holds state: 3 to 24 letters and digits"),
};
const ownPlace = z
  .strictObject(placeFields, { error: "a map with subscription and stateAccount" })
  .meta({ description: "Where this tier lies, when not in the platform's subscription" });

const platform = z
  .strictObject(
    {
      tenant: text(UUID, "the id of the tenant: a UUID"),
      ...placeFields,
      identities: z
        .record(z.string(), text(UUID, "the client id of an identity: a UUID"), { error: "a map of client ids" })
        .optional(),
      tiers: z
        .partialRecord(z.enum(TIERS, { error: "expected nonprod or prod" }), ownPlace, {
          error: "a map of tiers with a subscription of their own: nonprod, prod",
        })
        .optional(),
    },
    { error: "the block that `paas bootstrap` writes" },
  )
  .meta({ description: "Written by `paas bootstrap`; holds ids, never a secret" });

export const baseFields = {
  name: text(
    SLUG,
    "the project's name: lower-case letters, digits and single dashes, 2 to 20 characters, beginning with a letter",
    20,
  ).min(2, { error: "the project's name: 2 to 20 characters" }),
  id: text(/^[a-z2-7]{26}$/, "26 characters of a-z and 2-7, written once by `paas init` and never changed"),
  location,
  isolation: isolation.optional(),
  services: z
    .record(serviceName, service, { error: "a map of services, like web: { path: ., runtime: node }" })
    .refine((services) => Object.keys(services).length > 0, { error: "at least one service" })
    .meta({ description: "What runs, by name" }),
  addons: anything.optional().meta({ description: "Not in this version" }),
};

export const manifestSchema = z
  .strictObject(
    {
      ...baseFields,
      platform: platform.optional(),
      environments: z
        .record(z.string(), overlaySchema, { error: "a map of environments, by id or pattern" })
        .optional()
        .meta({ description: "What is different per environment: keys are ids or patterns with *, later ones win" }),
    },
    { error: "a map with name, id, location and services" },
  )
  .meta({ title: "paas.yaml", description: "What a project's environments consist of" });

/** A manifest merged for one environment. */
export const mergedSchema = z.strictObject({
  ...baseFields,
  platform: platform.optional(),
  tier: choice(TIERS, "which platform it is on").optional(),
  protected: z.boolean().optional(),
  branch: z.string().optional(),
  ttl: z.string().optional(),
});

export type ManifestDocument = z.infer<typeof manifestSchema>;
export type MergedDocument = z.infer<typeof mergedSchema>;
export type ServiceDocument = z.infer<typeof service>;
export type OverlayDocument = z.infer<typeof overlaySchema>;
