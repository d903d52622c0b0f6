import type { Explained } from "./explained.js";

const taken = { code: "name-taken" };

/** Names that Azure does not accept. Those of paas end in a hash, so a clash means a leftover nearly always. */
export const NAMES: readonly Explained[] = [
  {
    ...taken,
    codes: ["VaultAlreadyExists"],
    reads: [/vault name '(?<name>[^']+)'/],
    means: "a vault {name|of this name} is there already, or was deleted and is kept for its 7 to 90 days",
    allowed: "a name that no vault in all of Azure has, deleted ones included",
    next: "`az keyvault list-deleted --query \"[?name=='{name|<name>}']\"` tells; purge it with `az keyvault purge --name {name|<name>}`, then run again",
  },
  {
    code: "name-invalid",
    codes: ["VaultNameNotValid"],
    reads: [/vault name '(?<name>[^']+)'/],
    means: "{name|this} is no name for a vault",
    allowed: "3 to 24 letters, digits and single dashes, beginning with a letter, ending with a letter or digit",
    next: "names come from paas: `paas name <branch>` shows them; names in your own resources of infra/ are yours to change",
  },
  {
    ...taken,
    codes: ["StorageAccountAlreadyTaken", "StorageAccountAlreadyExists"],
    reads: [/storage account named (?<name>\w+)/],
    means: "somebody in Azure has a storage account {name|of this name} already",
    allowed: "3 to 24 lower-case letters and digits that nobody else has",
    next: "if it is yours, in another subscription, sign in to that one; else name another: `stateAccount` under `platform:` in paas.yaml",
  },
  {
    ...taken,
    codes: ["AlreadyInUse"],
    reads: [/registry DNS name (?<name>[\w.-]+?)\.azurecr\.io/],
    means: "somebody in Azure has a container registry {name|of this name} already",
    allowed: "5 to 50 letters and digits that nobody else has",
    next: "look for one of yours in another group: `az acr list --query \"[?name=='{name|<name>}']\" -o table`",
  },
  {
    ...taken,
    codes: ["NameNotAvailable"],
    reads: [/name '(?<name>[^']+)'/i],
    means: "the name {name|of this resource} is taken, or was freed so recently that Azure still holds it",
    allowed: "a name that nobody else has",
    next: "run again in some minutes; if it stays, `paas destroy` and `paas up` make the environment with other names",
  },
  {
    ...taken,
    codes: ["FlagMustBeSetForRestore"],
    reads: [/name '(?<name>[^']+)'/i],
    means: "a deleted resource {name|of this name} is kept by Azure and would come back with its old content",
    allowed: "a name that no deleted resource has",
    next: "purge the deleted one in the portal (Manage deleted resources), then run again",
  },
  {
    code: "name-invalid",
    codes: ["ReservedResourceName"],
    reads: [/resource name '?(?<name>[^' ]+)'?/i],
    means: "the name {name|of this resource} contains a word that Microsoft keeps for itself",
    allowed: "names without its trademarks and reserved words, such as LOGIN, MICROSOFT, WINDOWS, AZURE, OFFICE",
    next: "rename the service in paas.yaml, or the resource in infra/",
  },
  {
    code: "name-invalid",
    codes: ["InvalidResourceName", "AccountNameInvalid"],
    reads: [/(?:resource name|account name|name) '?(?<name>[^' ]+)'?/i],
    means: "{name|this} is no name that Azure accepts for this kind of resource",
    next: "names come from paas: `paas name <branch>` shows them; names in your own resources of infra/ are yours to change",
  },
];
