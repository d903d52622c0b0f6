import fs from "node:fs";
import path from "node:path";
import { digestOf, type LocalImage, readImage } from "../builder/image.js";
import type { Route, RouteState } from "../gateway/forward.js";
import type { AppHistory, Resource, Revision, Store } from "../store.js";
import { type Container, containerOf, isPlaceholder, runsIn, type SecretBlock, secretsOf } from "./container.js";
import { type Launch, launch } from "./instance.js";
import { Logbook } from "./logbook.js";
import { endStrays } from "./orphans.js";
import { Replica } from "./replica.js";
import * as revisions from "./revisions.js";
import { resolveEnv } from "./secrets.js";

/** Milliseconds that requests to the version before may still take. */
const DRAIN = 10_000;

/** What apps need of the local cloud. */
export type AppSurroundings = {
  store: Store;
  /** Folder of all images. */
  images: string;
  /** Folder of all logs. */
  logs: string;
  /** Folder of the apps' private homes. */
  homes: string;
  /** Folder of process records. */
  records: string;
  /** Value of a secret that a container app refers to; undefined when its vault has none. */
  secretValue(app: Resource, secret: SecretBlock): string | undefined;
  /** For the log of the daemon. */
  onEvent(event: { app: string; text: string }): void;
};

export type AppStatus = {
  state: RouteState;
  /** The revision that serves, or the newest when none does. */
  revision: string | null;
  restarts: number;
  /** Since when it is healthy, RFC 3339 UTC. */
  since: string | null;
  pid: number | null;
  port: number | null;
};

/**
 * The life of one container app: follows what is wanted of it, revision by revision, and moves its traffic from one
 * healthy version to the next.
 */
export class App {
  readonly log: Logbook;
  readonly #surroundings: AppSurroundings;
  /** Settles when nothing is left of an earlier app of the same name. */
  readonly #vacant: Promise<unknown>;
  #resource: Resource;
  /** What serves, and what may come after it. */
  #serving: Replica | null = null;
  #next: Replica | null = null;
  #closed = false;
  readonly #work = new Set<Promise<unknown>>();

  constructor(resource: Resource, surroundings: AppSurroundings, vacant: Promise<unknown>) {
    this.#resource = resource;
    this.#vacant = vacant;
    this.#surroundings = surroundings;
    this.log = new Logbook(surroundings.logs, this.name);
  }

  get name(): string {
    return String(this.#resource.attributes.name ?? this.#resource.id.split("/").at(-1));
  }

  /** Takes up the history of an earlier daemon: what served then serves again, what was unfinished is given up. */
  restore(): void {
    const history = this.#history();
    if (history.revisions.some(({ state }) => state === "activating")) this.#save(revisions.withInterrupted(history));
    const ready = revisions.readyRevision(this.#history());
    this.#clearHomes(ready?.name);
    if (ready) this.#track(this.#revive(ready));
    this.follow(this.#resource, { retry: false });
  }

  /** Makes a revision of what is wanted now, unless that is what the newest one is. */
  follow(resource: Resource, { retry = true } = {}): void {
    this.#resource = resource;
    const newest = this.#history().revisions[0];
    // The same thing again is another try of what has failed, as a repeated push is.
    if (newest && runsIn(newest, resource) && !(retry && newest.state === "failed")) return;
    if (!containerOf(resource.attributes)) return;
    this.#save(revisions.withNewRevision(this.#history(), resource, this.name, new Date().toISOString()));
    const revision = this.#history().revisions[0];
    if (revision) this.#track(this.#activate(revision));
  }

  status(): AppStatus {
    const newest = this.#history().revisions[0];
    const replica = this.#serving;
    const none = { restarts: 0, since: null, pid: null, port: null };
    if (replica) {
      const { revision, restarts, since, pid, port } = replica;
      return { state: replica.healthy ? "running" : "restarting", revision, restarts, since, pid, port };
    }
    return { state: stateWithout(newest), revision: newest?.name ?? null, ...none };
  }

  /** What serves now was started with this; null when nothing runs. Has secrets in it, so it is for a process alone. */
  serving(): Launch | null {
    const replica = this.#serving;
    const revision = this.#history().revisions.find(({ name }) => name === replica?.revision);
    if (!replica?.port || !revision) return null;
    return this.#launch(revision, containerOf({ template: [revision.template] }), replica.port);
  }

  /** How requests find what serves at their time. */
  route(): Route {
    const target = () => {
      const replica = this.#serving;
      return replica?.port ? { port: replica.port, begin: replica.traffic.begin } : undefined;
    };
    return { name: this.name, state: () => this.status().state, target };
  }

  /** Settles when no revision is being started. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }

  /** Ends its processes; what is wanted of it stays. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [this.#serving, this.#next].filter((replica) => replica !== null);
    this.#serving = null;
    await Promise.all(running.map((replica) => replica.stop(0)));
    await this.idle();
    await endStrays(this.#home());
    this.log.close();
  }

  /** Ends its processes and forgets what they have left. */
  async remove(): Promise<void> {
    this.log.remove();
    await this.close();
    fs.rmSync(this.#home(), { recursive: true, force: true });
  }

  async #activate(revision: Revision): Promise<void> {
    const before = this.#next;
    const replica = isPlaceholder(revision) ? null : this.#replica(revision);
    this.#next = replica;
    if (before) {
      this.#fail(before.revision, `replaced by ${revision.name} before it was healthy`);
      this.#track(this.#end(before, 0));
    }
    if (!replica) return this.#switchTo(null, revision);
    this.#tell(`${revision.name} is starting`);
    await this.#vacant;
    const problem = await replica.activate();
    if (this.#next !== replica || this.#closed) return;
    this.#next = null;
    if (problem === null) this.#switchTo(replica, revision);
    else {
      this.#fail(revision.name, problem);
      await this.#end(replica, 0);
    }
  }

  async #revive(revision: Revision): Promise<void> {
    if (isPlaceholder(revision)) return;
    const replica = this.#replica(revision);
    this.#serving = replica;
    await replica.revive();
    if (replica.port !== null && replica.port !== revision.port && this.#serving === replica) {
      this.#save(revisions.withPort(this.#history(), revision.name, replica.port));
    }
  }

  /** From here on every request goes to `replica`; the one before ends after those it is answering. */
  #switchTo(replica: Replica | null, revision: Revision): void {
    const before = this.#serving;
    this.#serving = replica;
    this.#save(revisions.withReady(this.#history(), revision.name, replica?.port ?? null));
    if (before) this.#track(this.#end(before, DRAIN));
  }

  #fail(revision: string, reason: string): void {
    this.#tell(`${revision} failed: ${reason}`);
    this.#save(revisions.withFailed(this.#history(), revision, reason));
  }

  #replica(revision: Revision): Replica {
    const container = containerOf({ template: [revision.template] });
    return new Replica({
      revision: revision.name,
      port: revision.port,
      health: { path: container?.health ?? null, limit: container?.startup ?? 0 },
      liveness: container?.liveness ?? null,
      home: this.#home(revision.name),
      launch: (port) => launch(this.#launch(revision, container, port)),
      tell: (text) => this.#tell(text),
    });
  }

  /** Everything that starting a revision takes; throws, for people, when something of it is missing. */
  #launch(revision: Revision, container: Container | null, port: number): Launch {
    if (!container) throw new Error("has no container");
    const { images, records } = this.#surroundings;
    const image = imageOf(images, container.image);
    return {
      app: this.name,
      revision: revision.name,
      image,
      command: commandOf(container, image),
      env: this.#env(revision, container),
      port,
      home: this.#home(revision.name),
      records,
      log: this.log,
    };
  }

  #env(revision: Revision, container: Container): Record<string, string> {
    const secrets = secretsOf({ secret: revision.secrets });
    return resolveEnv(container.env, secrets, (secret) => this.#surroundings.secretValue(this.#resource, secret));
  }

  /** Folder of one revision, or of all. */
  #home(revision = ""): string {
    return path.join(this.#surroundings.homes, encodeURIComponent(this.name), revision);
  }

  /** What a killed daemon had no time to remove. */
  #clearHomes(kept: string | undefined): void {
    const all = fs.existsSync(this.#home()) ? fs.readdirSync(this.#home()) : [];
    for (const name of all) if (name !== kept) fs.rmSync(this.#home(name), { recursive: true, force: true });
  }

  /** Ends a version for good, and forgets what it has written. */
  async #end(replica: Replica, drain: number): Promise<void> {
    await replica.stop(drain);
    await endStrays(this.#home(replica.revision));
    await fs.promises.rm(this.#home(replica.revision), { recursive: true, force: true });
  }

  #tell(text: string): void {
    const revision = text.split(" ")[0] ?? "";
    this.log.tell(revision, text);
    this.#surroundings.onEvent({ app: this.name, text });
  }

  #history(): AppHistory {
    return this.#surroundings.store.history(this.#resource.id) ?? { ingressPort: 0, revisions: [] };
  }

  /** An app that was deleted leaves nothing in the store, however late its last process ends. */
  #save(history: AppHistory): void {
    const { store } = this.#surroundings;
    if (!this.#closed && store.get(this.#resource.id)) store.saveHistory(this.#resource.id, history);
  }

  #track(work: Promise<unknown>): void {
    const settled = work
      .catch((error: unknown) => this.#surroundings.onEvent({ app: this.name, text: `failed: ${String(error)}` }))
      .finally(() => this.#work.delete(settled));
    this.#work.add(settled);
  }
}

function stateWithout(newest: Revision | undefined): RouteState {
  if (newest?.state === "activating") return "activating";
  if (newest?.state === "failed") return "failed";
  return newest?.state === "ready" ? "placeholder" : "stopped";
}

function imageOf(images: string, reference: string): LocalImage {
  const digest = digestOf(reference);
  if (!digest)
    throw new Error(`image not found: ${reference} is not one that paas built; the local cloud runs no other`);
  const image = readImage(images, digest);
  if (!image)
    throw new Error(`image not found: sha256:${digest} is not in this local cloud; \`paas up\` builds it again`);
  return image;
}

function commandOf({ command, args }: Container, image: LocalImage): string[] {
  return command.length > 0 ? [...command, ...args] : [...image.command, ...args];
}
