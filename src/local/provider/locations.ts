/** Azure's public regions, as the provider writes them. */
const LOCATIONS = new Set(
  `australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth brazilsoutheast
  canadacentral canadaeast centralindia centralus chilecentral eastasia eastus eastus2 francecentral francesouth
  germanynorth germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest jioindiacentral
  jioindiawest koreacentral koreasouth malaysiawest mexicocentral newzealandnorth northcentralus northeurope
  norwayeast norwaywest polandcentral qatarcentral southafricanorth southafricawest southcentralus southindia
  southeastasia spaincentral swedencentral switzerlandnorth switzerlandwest uaecentral uaenorth uksouth ukwest
  westcentralus westeurope westindia westus westus2 westus3`.split(/\s+/),
);

/** `West Europe` and `westeurope` are the same place; the state has the second form. */
export function normalLocation(location: string): string {
  return location.replaceAll(" ", "").toLowerCase();
}

export function isLocation(location: string): boolean {
  return LOCATIONS.has(normalLocation(location));
}
