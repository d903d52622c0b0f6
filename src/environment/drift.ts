/** A resource that is not in the cloud what the state says it is. */
export type ResourceDrift = {
  address: string;
  type: string;
  action: "update" | "delete";
  /** Where the two differ, `tags.owner` or `ingress[0].target_port`; never what the values are. */
  attributes: string[];
};

/** What deploy sets after Terraform, by type: Terraform is told to ignore it, and so is whoever looks for drift. */
const DEPLOYED: Record<string, RegExp> = {
  azurerm_container_app: /^(?:template\[0\]\.container|secret|latest_revision_name|latest_revision_fqdn)(?![\w-])/,
  azurerm_resource_group: /^tags\.paas-(?:commit|version|expires)$/,
};

/** The resources that somebody else than paas changed, with what they changed. */
export function foreignChanges(drift: readonly ResourceDrift[]): ResourceDrift[] {
  return drift.flatMap((resource) => {
    const attributes = resource.attributes.filter((attribute) => !DEPLOYED[resource.type]?.test(attribute));
    return resource.action === "delete" || attributes.length > 0 ? [{ ...resource, attributes }] : [];
  });
}
