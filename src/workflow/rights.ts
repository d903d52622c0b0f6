import type { Permission } from "./job.js";

/** Rights that jobs ask for, each with what it is for. */
export const RIGHT = {
  checkout: (why = "check out"): Permission => ({ scope: "contents", level: "read", why }),
  signIn: { scope: "id-token", level: "write", why: "sign in to Azure" },
  deployments: { scope: "deployments", level: "write", why: "show the environment, its state and its URL" },
  statuses: { scope: "statuses", level: "write", why: "mark the commit" },
  readPulls: { scope: "pull-requests", level: "read", why: "see which pull requests are open" },
  comment: { scope: "pull-requests", level: "write", why: "keep one comment up to date" },
} as const satisfies Record<string, Permission | ((why?: string) => Permission)>;
