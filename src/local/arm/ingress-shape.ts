import { type Field, type Fields, first, listOf, objectOf, present, textOf, toArm, toProvider } from "./fields.js";

/* What leads to an app: `configuration.ingress` of the REST API, block `ingress` of the provider. */

const INGRESS: Field[] = [
  ["fqdn", "fqdn", ""],
  ["external", "external_enabled", false],
  ["targetPort", "target_port", 0],
  ["exposedPort", "exposed_port", 0],
  ["transport", "transport", ""],
  ["allowInsecure", "allow_insecure_connections", false],
  ["clientCertificateMode", "client_certificate_mode", ""],
];

const RESTRICTION: Field[] = [
  ["name", "name", ""],
  ["description", "description", ""],
  ["ipAddressRange", "ip_address_range", ""],
  ["action", "action", ""],
];

const DOMAIN: Field[] = [
  ["name", "name", ""],
  ["certificateId", "certificate_id", ""],
  ["bindingType", "certificate_binding_type", ""],
];

const CORS: Field[] = [
  ["allowedOrigins", "allowed_origins", []],
  ["allowedMethods", "allowed_methods", []],
  ["allowedHeaders", "allowed_headers", []],
  ["exposeHeaders", "exposed_headers", []],
  ["allowCredentials", "allow_credentials_enabled", false],
  ["maxAge", "max_age_in_seconds", 0],
];

const TRAFFIC: Field[] = [
  ["latestRevision", "latest_revision", false],
  ["weight", "percentage", 0],
  ["label", "label", ""],
];

/** @param app name of the container app: the REST API names whole revisions, the provider what follows the app's name */
export function ingressToArm(block: Fields, app: string): Fields {
  const cors = first(block.cors);
  return present({
    ...toArm(INGRESS, block),
    traffic: listOf(block.traffic_weight).map((weight) => {
      const suffix = textOf(weight.revision_suffix);
      return { ...toArm(TRAFFIC, weight), ...(suffix ? { revisionName: `${app}--${suffix}` } : {}) };
    }),
    customDomains: listOf(block.custom_domain).map((domain) => toArm(DOMAIN, domain)),
    ipSecurityRestrictions: listOf(block.ip_security_restriction).map((one) => toArm(RESTRICTION, one)),
    corsPolicy: toArm(CORS, cors),
  });
}

export function ingressToProvider(ingress: Fields, app: string): Fields {
  return {
    ...toProvider(INGRESS, ingress),
    traffic_weight: listOf(ingress.traffic).map((weight) => ({
      ...toProvider(TRAFFIC, weight),
      revision_suffix: textOf(weight.revisionName).replace(`${app}--`, ""),
    })),
    custom_domain: listOf(ingress.customDomains).map((domain) => toProvider(DOMAIN, domain)),
    ip_security_restriction: listOf(ingress.ipSecurityRestrictions).map((one) => toProvider(RESTRICTION, one)),
    cors: ingress.corsPolicy === undefined ? [] : [toProvider(CORS, objectOf(ingress.corsPolicy))],
  };
}
