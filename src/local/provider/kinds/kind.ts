import type { Resource, Store } from "../../store.js";
import type { Features } from "../configuration.js";
import type { Attributes, Value } from "../values.js";

/** What a kind of resource may ask of the simulated cloud. */
export type SimulatedAzure = {
  store: Store;
  subscriptionId: string;
  tenantId: string;
  /** Object id of who is signed in. */
  objectId: () => string;
  /** Host name of a container app's ingress. */
  fqdnOf: (app: Resource) => string;
  /** Secrets of a vault by name. */
  vaultValues: (vaultId: string) => Record<string, string>;
};

/** What is wrong with a configuration, and the attribute (dots and indices: `template.0.container.1.cpu`). */
export type Problem = { path: string; message: string };

/** Why Azure would refuse a request. */
export type Refusal = { status: 400 | 403 | 404 | 409; code: string; message: string };

/** A create or update that is about to be written. */
export type Request = { id: string; attributes: Attributes; features: Features };

/**
 * All that the simulated provider knows of one type of resource. Paths in the tables are attribute names joined by
 * dots, without indices: `template.container.cpu` means every container's.
 */
export type Kind = {
  /** What people call it, `Container App`. */
  title: string;
  /** ARM resource type: `Microsoft.App/containerApps`, `Microsoft.KeyVault/vaults/secrets` for a child. */
  armType: string;
  /** Attribute with the id of the resource it lies under; without one it lies in `resource_group_name`. */
  parent?: string;
  /** Segments between the parent's id and the name, where they are not the last words of the ARM type. */
  under?: string;
  /** What its name must match, and how an invalid one is explained. */
  name?: { pattern: RegExp; says: string };
  /** Attributes whose change replaces it, besides its name, place and parent. */
  replacedBy?: string[];
  /** Values of attributes that are left out. */
  defaults?: Record<string, Value>;
  /** Attributes that admit only these values. */
  choices?: Record<string, readonly (string | number)[]>;
  /** Numbers with a lowest and a highest value. */
  ranges?: Record<string, readonly [lowest: number, highest: number]>;
  /** Attributes that hold ids: the Terraform type of the resource that must exist. */
  references?: Record<string, string>;
  /** Why a name that another resource has is refused; for kinds whose names are unique in all of Azure. */
  taken?: (name: string) => Refusal;
  /** Rules between attributes that the provider checks before it asks Azure. */
  problems?: (attributes: Attributes) => Problem[];
  /** What Azure itself checks when the resource is written. */
  refuse?: (request: Request, azure: SimulatedAzure) => Refusal | undefined;
  /** Why it cannot be deleted. */
  refuseDelete?: (resource: Resource, azure: SimulatedAzure, features: Features) => Refusal | undefined;
  /** What Azure makes of the values it is sent, before they are kept. */
  accepted?: (attributes: Attributes) => Attributes;
  /** Called after it was created. */
  created?: (resource: Resource, azure: SimulatedAzure) => void;
  /** Called after it was deleted. */
  deleted?: (resource: Resource, azure: SimulatedAzure, features: Features) => void;
  /** For kinds that Terraform knows by another id than Azure's: that id, and the way back. */
  terraformId?: {
    of: (id: string, attributes: Attributes) => string;
    find: (terraformId: string, azure: SimulatedAzure) => string | undefined;
  };
  /** A name for one that the configuration leaves unnamed. */
  generatedName?: (attributes: Attributes) => string;
  /** The attributes that Azure computes, from what is stored, whoever wrote it. */
  describe?: (attributes: Attributes, id: string, azure: SimulatedAzure) => Attributes;
};
