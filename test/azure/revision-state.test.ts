import { expect, test } from "vitest";
import { revisionState } from "../../src/azure/revision-state.js";

const provisioned = { provisioningState: "Provisioned" };

test.each([
  [{ ...provisioned, healthState: "Healthy", runningState: "Running" }, "healthy"],
  [{ ...provisioned, healthState: "Healthy", runningState: "RunningAtMaxScale" }, "healthy"],
  // An app with `min: 0` that nobody asks for.
  [{ ...provisioned, healthState: "None", runningState: "ScaledToZero" }, "healthy"],
  [{ ...provisioned, healthState: "Healthy", runningState: "ScaledToZero" }, "healthy"],
  [{ ...provisioned, healthState: "Unhealthy", runningState: "ScaledToZero" }, "failed"],
  [{ provisioningState: "Provisioning", healthState: "None", runningState: "ScaledToZero" }, "starting"],
  [{ ...provisioned, healthState: "None", runningState: "Processing" }, "starting"],
  // Probes that fail while the app warms up are no verdict.
  [{ ...provisioned, healthState: "Unhealthy", runningState: "Activating" }, "starting"],
  [{ ...provisioned, healthState: "Unhealthy", runningState: "Processing" }, "starting"],
  [{ ...provisioned, healthState: "Unhealthy", runningState: "Degraded" }, "failed"],
  [{ ...provisioned, healthState: "None", runningState: "ActivationFailed" }, "failed"],
  [{ ...provisioned, healthState: "None", runningState: "Failed" }, "failed"],
  [{ provisioningState: "Failed", healthState: "None" }, "failed"],
  [{}, "starting"],
])("%j is %s", (revision, state) => {
  expect(revisionState("web--1", revision)).toMatchObject({ name: "web--1", state });
});

test("why it failed: what Azure says of it, or its state", () => {
  const failed = { ...provisioned, runningState: "ActivationFailed" };
  const details = { runningStateDetails: "Deployment Progress Deadline Exceeded. 0/1 replicas ready." };
  expect(revisionState("web--1", { ...failed, ...details }).reason).toBe(details.runningStateDetails);
  expect(revisionState("web--1", failed).reason).toBe("its running state is ActivationFailed");
});
