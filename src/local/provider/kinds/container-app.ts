import { createHash } from "node:crypto";
import { KINDS } from "../../../naming/kinds.js";
import { nameOf } from "../identifiers.js";
import { type Attributes, asAttributes, blocksOf, textOf, toValue, type Value } from "../values.js";
import { refuseContainerApp } from "./container-app-checks.js";
import { containerAppProblems } from "./container-app-problems.js";
import { describeIdentities, IDENTITY_TYPES } from "./identity.js";
import type { Kind, SimulatedAzure } from "./kind.js";

const PORT = [1, 65_535] as const;
const PROBES = ["liveness_probe", "readiness_probe", "startup_probe"];

export const containerApp: Kind = {
  title: "Container App",
  armType: "Microsoft.App/containerApps",
  name: {
    pattern: KINDS.containerApp.pattern,
    says:
      "must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
      "end with an alphanumeric character and cannot have '--'. The length must not be more than 32 characters",
  },
  replacedBy: ["container_app_environment_id"],
  references: { container_app_environment_id: "azurerm_container_app_environment" },
  defaults: {
    "dapr.app_protocol": "http",
    "ingress.allow_insecure_connections": false,
    "ingress.external_enabled": false,
    "ingress.transport": "auto",
    "ingress.traffic_weight.latest_revision": false,
    "template.cooldown_period_in_seconds": 300,
    "template.max_replicas": 10,
    "template.min_replicas": 0,
    "template.polling_interval_in_seconds": 30,
    "template.termination_grace_period_seconds": 0,
    "template.volume.storage_type": "EmptyDir",
    ...perProbe({ interval_seconds: 10, timeout: 1, failure_count_threshold: 3 }),
    "template.container.liveness_probe.initial_delay": 1,
    "template.container.readiness_probe.initial_delay": 0,
    "template.container.startup_probe.initial_delay": 0,
    "template.container.readiness_probe.success_count_threshold": 3,
  },
  choices: {
    "identity.type": IDENTITY_TYPES,
    "ingress.client_certificate_mode": ["accept", "ignore", "require"],
    "ingress.ip_security_restriction.action": ["Allow", "Deny"],
    "ingress.transport": ["auto", "http", "http2", "tcp"],
    revision_mode: ["Multiple", "Single"],
    "template.volume.storage_type": ["AzureFile", "EmptyDir", "NfsAzureFile", "Secret"],
    ...perProbe({ transport: ["HTTP", "HTTPS", "TCP"] }),
  },
  ranges: {
    "ingress.target_port": PORT,
    "ingress.exposed_port": PORT,
    "ingress.traffic_weight.percentage": [0, 100],
    max_inactive_revisions: [0, 100],
    "template.container.cpu": [0.1, Number.POSITIVE_INFINITY],
    "template.max_replicas": [1, 1000],
    "template.min_replicas": [0, 1000],
    ...perProbe({ port: PORT, initial_delay: [0, 60], interval_seconds: [1, 240], timeout: [1, 240] }),
    ...perProbe({ failure_count_threshold: [1, 30] }),
    "template.container.readiness_probe.success_count_threshold": [1, 10],
  },
  problems: containerAppProblems,
  accepted: (attributes) => ({ ...attributes, template: blocksOf(attributes.template).map(acceptTemplate) }),
  refuse: refuseContainerApp,
  describe: describeContainerApp,
};

function perProbe<Row>(rows: Record<string, Row>): Record<string, Row> {
  const paths = PROBES.flatMap((probe) =>
    Object.entries(rows).map(([name, row]) => [`template.container.${probe}.${name}`, row] as const),
  );
  return Object.fromEntries(paths);
}

function describeContainerApp(attributes: Attributes, id: string, azure: SimulatedAzure): Attributes {
  const environment = azure.store.get(textOf(attributes.container_app_environment_id));
  const environmentAttributes = asAttributes(toValue(environment?.attributes));
  const revision = azure.store.history(id)?.revisions[0]?.name ?? `${nameOf(id)}--0000001`;
  return {
    location: environmentAttributes.location ?? null,
    latest_revision_name: revision,
    latest_revision_fqdn: `${revision}.${textOf(environmentAttributes.default_domain)}`,
    outbound_ip_addresses: [textOf(environmentAttributes.static_ip_address)],
    custom_domain_verification_id: createHash("sha256").update(azure.subscriptionId).digest("hex").toUpperCase(),
    ingress: describeIngress(attributes, id, azure),
    identity: describeIdentities(attributes.identity, id, azure),
    secret: blocksOf(attributes.secret).map(describeSecret),
    template: blocksOf(attributes.template).map(describeTemplate),
  };
}

function describeIngress(attributes: Attributes, id: string, { fqdnOf }: SimulatedAzure): Attributes[] {
  return blocksOf(attributes.ingress).map((ingress) => ({
    ...ingress,
    fqdn: fqdnOf({ id, type: "azurerm_container_app", attributes }),
    custom_domain: ingress.custom_domain ?? [],
  }));
}

/**
 * What the provider's read makes of a secret. It asks Azure for the values, so one that is no vault reference brings
 * its plain value into the state, whoever set it.
 */
function describeSecret(secret: Attributes): Attributes {
  return textOf(secret.key_vault_secret_id) === "" ? secret : { ...secret, value: null };
}

function describeTemplate(template: Attributes): Attributes {
  return {
    ...template,
    revision_suffix: template.revision_suffix ?? "",
    container: blocksOf(template.container).map(describeContainer),
    init_container: blocksOf(template.init_container).map(describeContainer),
  };
}

function describeContainer(container: Attributes): Attributes {
  const probes = PROBES.map((probe) => [probe, blocksOf(container[probe]).map(describeProbe)] as const);
  return { ...container, ...Object.fromEntries(probes), ephemeral_storage: ephemeralStorage(container.cpu) };
}

function acceptTemplate(template: Attributes): Attributes {
  return { ...template, container: blocksOf(template.container).map(acceptContainer) };
}

/** The provider sends every probe that does not say HTTP as a TCP probe. */
function acceptContainer(container: Attributes): Attributes {
  const accept = (probe: Attributes) => (isHttp(probe) ? probe : { ...probe, transport: "TCP", path: "" });
  const probes = PROBES.map((name) => [name, blocksOf(container[name]).map(accept)] as const);
  return { ...container, ...Object.fromEntries(probes) };
}

function isHttp({ transport }: Attributes): boolean {
  return transport === "HTTP" || transport === "HTTPS";
}

function describeProbe(probe: Attributes): Attributes {
  const path = probe.path ?? (isHttp(probe) ? "/" : "");
  return { ...probe, path, transport: textOf(probe.transport), termination_grace_period_seconds: 0 };
}

/** Grows with the vCPU, as Container Apps documents it. */
function ephemeralStorage(cpu: Value | undefined): string {
  const cores = typeof cpu === "number" ? cpu : 0;
  if (cores <= 0.25) return "1Gi";
  if (cores <= 0.5) return "2Gi";
  return cores <= 1 ? "4Gi" : "8Gi";
}
