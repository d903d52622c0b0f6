import type { Arm } from "./arm.js";
import { azureFailure, orNull } from "./failure.js";
import { codeOf, type Patience, untilDone } from "./patience.js";

const VERSION = "2024-11-30";
const AUDIENCE = "api://AzureADTokenExchange";

/** A user-assigned identity: who it is for roles, and who it is for a sign-in. */
export type Identity = { principalId: string; clientId: string; tags: Record<string, string> };
export type Federation = { issuer: string; subject: string };

export type Identities = {
  find(id: string): Promise<Identity | null>;
  put(id: string, settings: { location: string; tags: Record<string, string> }): Promise<Identity>;
  delete(id: string): Promise<void>;
  /** Whose tokens an identity takes, under this name. */
  federation(id: string, name: string): Promise<Federation | null>;
  /** Azure takes them one by one: while another one of the same identity is written it is tried again. */
  federate(id: string, name: string, federation: Federation, signal: AbortSignal): Promise<void>;
};

type Found = { tags?: Record<string, string>; properties: { principalId: string; clientId: string } };

export function openIdentities(arm: Arm, patience: Patience): Identities {
  const at = (id: string, name: string) => `${id}/federatedIdentityCredentials/${name}`;
  return {
    find: async (id) => {
      const found = await orNull(`look for the identity ${nameOf(id)}`, arm.get<Found>(id, VERSION));
      return found ? identityOf(found) : null;
    },
    put: async (id, { location, tags }) => {
      try {
        const made = await arm.run({ method: "PUT", path: id, version: VERSION, body: { location, tags } });
        return identityOf(made as Found);
      } catch (error) {
        throw azureFailure(`make the identity ${nameOf(id)}`, error);
      }
    },
    delete: async (id) => {
      const call = arm.run({ method: "DELETE", path: id, version: VERSION });
      await orNull(`delete the identity ${nameOf(id)}`, call);
    },
    federation: async (id, name) => {
      type Credential = { properties: Federation };
      const found = await orNull(`look for the trust ${name}`, arm.get<Credential>(at(id, name), VERSION));
      return found ? { issuer: found.properties.issuer, subject: found.properties.subject } : null;
    },
    federate: async (id, name, { issuer, subject }, signal) => {
      const body = { properties: { issuer, subject, audiences: [AUDIENCE] } };
      const write = () => arm.run({ method: "PUT", path: at(id, name), version: VERSION, body, signal });
      try {
        await untilDone(write, isBusy, patience, signal);
      } catch (error) {
        throw azureFailure(`let ${nameOf(id)} trust ${subject}`, error);
      }
    },
  };
}

/** Another credential of the identity is being written, or the identity is too new to be known everywhere. */
function isBusy(error: unknown): boolean {
  const { statusCode } = error as { statusCode?: number };
  return statusCode === 409 || (statusCode === 404 && codeOf(error) === "ResourceNotFound");
}

function identityOf({ tags = {}, properties }: Found): Identity {
  return { principalId: properties.principalId, clientId: properties.clientId, tags };
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
