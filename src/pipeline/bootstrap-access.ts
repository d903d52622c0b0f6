import { codeOf, untilDone } from "../azure/patience.js";
import { EXIT, PaasError } from "../errors.js";
import type { BootstrapDoors } from "./bootstrap-doors.js";
import { platformState } from "./platform.js";

/** What the blob service says while a role is not known everywhere yet, and what of its firewall. */
const NO_ROLE_YET = ["AuthorizationPermissionMismatch", "InsufficientAccountPermissions"];
const FIREWALL = ["AuthorizationFailure", "IpAuthorizationSourceDenied"];

/** Whether whoever is signed in may read the states; reading one that is not there tells it too. */
export async function mayRead(container: string, doors: BootstrapDoors): Promise<boolean> {
  try {
    await read(container, doors);
    return true;
  } catch (error) {
    if (error instanceof PaasError) return false;
    throw error;
  }
}

/**
 * Waits until the role on the container works.
 * @throws PaasError `state-firewall`, `role-not-effective` (exit 4)
 */
export async function awaitAccess(container: string, doors: BootstrapDoors): Promise<void> {
  const passes = (error: unknown) => NO_ROLE_YET.includes(codeOf(error) ?? "");
  try {
    await untilDone(() => read(container, doors), passes, doors.patience, doors.signal);
  } catch (error) {
    if (FIREWALL.includes(codeOf(error) ?? "")) throw firewall(doors, error);
    if (passes(error)) throw notEffective(container, doors, error);
    throw error;
  }
}

async function read(container: string, { state, tier }: BootstrapDoors): Promise<void> {
  await state.blobs.download({ ...platformState(tier), container });
}

function firewall({ cloud, tier }: BootstrapDoors, cause: unknown): PaasError {
  const { stateAccount } = cloud.platform.of(tier);
  return new PaasError("state-firewall", `the state account ${stateAccount} refuses this network`, {
    details: ["its firewall admits selected networks only; roles do not matter to it"],
    next: `admit this address, and those of your runners: \`az storage account network-rule add --account-name ${stateAccount} --ip-address <address>\``,
    exit: EXIT.signIn,
    cause,
  });
}

function notEffective(container: string, { cloud, tier, patience }: BootstrapDoors, cause: unknown): PaasError {
  const minutes = Math.round(patience.limit / 60_000);
  return new PaasError("role-not-effective", `${container} of ${cloud.platform.of(tier).stateAccount} cannot be read`, {
    details: [`the role Storage Blob Data Contributor has had no effect for ${minutes} minutes`],
    next: "`paas bootstrap` again later: it goes on where it stopped",
    exit: EXIT.signIn,
    cause,
  });
}
