import { createHash } from "node:crypto";

/** What the app answers to every request: where it runs, and that it has its secret without telling it. */
export function answer({ PAAS_ENVIRONMENT = "", PAAS_COMMIT = "", LIVE_SECRET }) {
  return {
    environment: PAAS_ENVIRONMENT,
    commit: PAAS_COMMIT,
    secret: LIVE_SECRET ? createHash("sha256").update(LIVE_SECRET).digest("hex") : null,
  };
}
