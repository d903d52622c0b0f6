import type { CloudContext } from "../cloud.js";
import { PaasError } from "../errors.js";
import type { AzureParts } from "./cloud.js";
import type { Session } from "./session.js";

/** Images and vaults on Azure. */
export function openParts(_context: CloudContext, _session: Session): AzureParts {
  const missing = async (): Promise<never> => {
    throw new PaasError("azure-images-not-built", "images and vaults on Azure are not part of this build");
  };
  return {
    build: missing,
    hasImage: missing,
    release: missing,
    forget: missing,
    vault: { versions: missing, set: missing, byHand: () => "" },
  };
}
