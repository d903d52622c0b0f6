import fs from "node:fs";
import path from "node:path";

/** A resource of the simulated Azure, in the shape that the azurerm provider's schema gives it. */
export type Resource = {
  /** ARM id; compared without regard to case, as Azure does. */
  id: string;
  /** Terraform type, `azurerm_container_app`. */
  type: string;
  attributes: Record<string, unknown>;
};

/** One version of a container app. The template is what the app looked like when the revision was made. */
export type Revision = {
  /** `<app>--<number>`, as Container Apps names them. */
  name: string;
  /** RFC 3339, UTC. */
  createdAt: string;
  /** `template[0]` of the container app, as the provider shapes it. */
  template: Record<string, unknown>;
  /** `secret` blocks of the container app: names and vault references, never values. */
  secrets: Record<string, unknown>[];
  state: "activating" | "ready" | "failed" | "inactive";
  /** Why it failed, for people; null otherwise. */
  reason: string | null;
  /** Loopback port its process was last told to listen on. */
  port: number | null;
};

/** The life of one container app, kept apart from what Terraform knows of it. */
export type AppHistory = {
  /** Loopback port that always leads to the serving revision; chosen once. */
  ingressPort: number;
  /** Newest revision first. */
  revisions: Revision[];
};

type Contents = {
  schemaVersion: 1;
  resources: Record<string, Resource>;
  apps: Record<string, AppHistory>;
};

export type Change = { kind: "put" | "delete"; resource: Resource };

/**
 * The desired state of the local cloud: one file, rewritten atomically before any change is acknowledged,
 * so that a killed daemon loses nothing it has answered for.
 */
export class Store {
  readonly #file: string;
  readonly #contents: Contents;
  readonly #listeners = new Set<(change: Change) => void>();

  private constructor(file: string, contents: Contents) {
    this.#file = file;
    this.#contents = contents;
  }

  /** Opens the store in `folder`, empty when there is none yet. */
  static open(folder: string): Store {
    const file = path.join(folder, "store.json");
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    return new Store(file, text ? (JSON.parse(text) as Contents) : { schemaVersion: 1, resources: {}, apps: {} });
  }

  get(id: string): Resource | undefined {
    return this.#contents.resources[key(id)];
  }

  /** All resources, of one Terraform type when told. */
  list(type?: string): Resource[] {
    const all = Object.values(this.#contents.resources);
    return type === undefined ? all : all.filter((resource) => resource.type === type);
  }

  /** Resources that lie under an id: the members of a group, the secrets of a vault. */
  under(id: string): Resource[] {
    return this.list().filter((resource) => key(resource.id).startsWith(`${key(id)}/`));
  }

  put(resource: Resource): void {
    this.#contents.resources[key(resource.id)] = resource;
    this.#save();
    this.#tell({ kind: "put", resource });
  }

  /** Removes a resource and everything under it; absent ones are no error. */
  delete(id: string): void {
    const gone = [...this.under(id), ...[this.get(id)].filter((resource) => resource !== undefined)];
    for (const resource of gone) delete this.#contents.resources[key(resource.id)];
    for (const resource of gone) delete this.#contents.apps[key(resource.id)];
    this.#save();
    for (const resource of gone) this.#tell({ kind: "delete", resource });
  }

  history(appId: string): AppHistory | undefined {
    return this.#contents.apps[key(appId)];
  }

  saveHistory(appId: string, history: AppHistory): void {
    this.#contents.apps[key(appId)] = history;
    this.#save();
  }

  /** Calls `listener` after every change of a resource; returns the way to stop it. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #save(): void {
    const next = `${this.#file}.${process.pid}.next`;
    fs.writeFileSync(next, `${JSON.stringify(this.#contents)}\n`, { mode: 0o600 });
    fs.renameSync(next, this.#file);
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function key(id: string): string {
  return id.toLowerCase();
}
