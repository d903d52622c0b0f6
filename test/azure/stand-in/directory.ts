import { randomUUID } from "node:crypto";
import { TENANT } from "./core.js";

/** An app registration or a managed identity. */
export type Application = {
  clientId: string;
  oid: string;
  tenantId: string;
  secret: { value: string; expires: Date } | null;
  /** As PEM; null = none is registered. */
  certificate: string | null;
  /** Whose tokens are taken in place of a secret. */
  federated: { issuer: string; subject: string; audience: string }[];
};

export type User = { upn: string; oid: string; tenantId: string };

/** Who there is in the stand-in's Entra; tests change it. */
export type Directory = { tenants: string[]; applications: Application[]; users: User[] };

export const ALICE = "alice@acme.example";

export function openDirectory(): Directory {
  return { tenants: [TENANT], applications: [], users: [{ upn: ALICE, oid: randomUUID(), tenantId: TENANT }] };
}

/** An application of the stand-in's tenant, with what a test says of it. */
export function addApplication(directory: Directory, known: Partial<Application> = {}): Application {
  const application = {
    clientId: randomUUID(),
    oid: randomUUID(),
    tenantId: TENANT,
    secret: null,
    certificate: null,
    federated: [],
    ...known,
  };
  directory.applications.push(application);
  return application;
}
