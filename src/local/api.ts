import type { ContainerEnv } from "../cloud.js";
import type { Runtime } from "../manifest/manifest.js";
import type { DaemonAddress } from "./address.js";

/** Bodies and answers of the daemon's own API under `/paas/`; both sides are this program, of one version. */

export type TerraformBody = { types: string[]; bindings: string | null };

export type BuildBody = { envId: string; name: string; runtime: Runtime; context: string; contentKey: string };
export type BuildAnswer = { digest: string; cached: boolean };

export type ReleaseBody = { app: string; digest: string; command: string[]; env: ContainerEnv[] };

export type AppStatus = {
  state: "running" | "activating" | "failed" | "restarting" | "placeholder" | "stopped";
  revision: string | null;
  restarts: number;
  since: string | null;
  pid: number | null;
  port: number | null;
  ingressPort: number;
};

export type DaemonStatus = Omit<DaemonAddress, "schemaVersion" | "token" | "certificate"> & {
  apps: ({ id: string } & AppStatus)[];
  runs: { id: string; kind: string; branch: string; commit: string; state: string }[];
  /** Hosts that Terraform asked for and did not get. */
  refused: string[];
};
