/**
 * Which attributes the provider hides in plans and outputs. The bindings do not say it: names decide (passwords, keys,
 * connection strings), and where a name says too little, the place.
 */
const NAMES =
  /(^|_)(password|secret|sas_token|client_secret|access_token|shared_key|access_key|primary_key|secondary_key|instrumentation_key|connection_string|custom_domain_verification_id)s?$/;

const PLACES = new Set([
  "azurerm_container_app.secret.value",
  "azurerm_container_app_job.secret.value",
  "azurerm_key_vault_secret.value",
  "azurerm_kubernetes_cluster.kube_config_raw",
]);

/** @param place resource type, blocks and attribute, joined by dots: `azurerm_container_app.secret.value` */
export function isSensitive(place: string): boolean {
  const name = place.slice(place.lastIndexOf(".") + 1);
  return NAMES.test(name) || PLACES.has(place);
}
