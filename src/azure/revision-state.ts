import type { Revision } from "@azure/arm-appcontainers";
import { explain } from "./explain.js";

export type RevisionState = { name: string; state: "starting" | "healthy" | "failed"; reason: string | null };

/** While it is in one of these, `Unhealthy` says no more than that its probes do not succeed yet. */
const STARTING = ["Activating", "Processing"];
/** `ActivationFailed` and others are told and are not in the specification (github.com/Azure/azure-rest-api-specs/issues/29102). */
const FAILED = ["Failed", "ActivationFailed"];
/** Nobody asks for it, and it may (`min: 0`): nothing runs that could be healthy (github.com/microsoft/vscode-azurecontainerapps/pull/1088). */
const ASLEEP = "ScaledToZero";

/**
 * What the three states that Container Apps tells of a revision mean together
 * (REST: `RevisionHealthState`, `RevisionRunningState`, `RevisionProvisioningState`).
 */
export function revisionState(name: string, revision: Revision): RevisionState {
  const { healthState, provisioningState, provisioningError } = revision;
  // The SDK's type lacks the details, which the REST API tells.
  const { runningState = "Unknown", runningStateDetails } = revision as Revision & { runningStateDetails?: string };
  const asleep = runningState === ASLEEP && healthState !== "Unhealthy";
  if (provisioningState === "Provisioned" && (healthState === "Healthy" || asleep)) {
    return { name, state: "healthy", reason: null };
  }
  const unhealthy = healthState === "Unhealthy" && !STARTING.includes(runningState);
  if (!unhealthy && provisioningState !== "Failed" && !FAILED.includes(runningState)) {
    return { name, state: "starting", reason: null };
  }
  const reason = reasonOf(provisioningError || runningStateDetails) ?? `its running state is ${runningState}`;
  return { name, state: "failed", reason };
}

/** What is wrong with an image is told in our words, and Azure's after them; all else may be the app's own words. */
function reasonOf(error: string | undefined): string | null {
  if (!error) return null;
  const explanation = explain(error);
  return explanation && /^(image|registry)-/.test(explanation.code) ? `${explanation.means} (${error})` : error;
}
