import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openHttp } from "../../src/azure/client.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { base32 } from "../../src/naming/hash.js";
import { type CleanUp, writeCleanUp } from "./clean-up-file.js";
import type { Ground } from "./ground.js";
import { type Names, namesOf } from "./names.js";
import type { Picture } from "./picture.js";
import { principalsOf } from "./remains.js";
import { openRepository, type Repository } from "./repository.js";
import { unmet } from "./step.js";
import { openSubscription, type Subscription } from "./subscription.js";

/** What the app answers; see `app/answer.js`. */
export type Answer = { environment: string; commit: string; secret: string | null };

export type LiveOptions = {
  /** Id of the subscription that was named. */
  subscription: string;
  /** Others have resource groups there too, and that is known. */
  shared: boolean;
};

/** One run: what its steps work with, and what they know from one another. */
export type Live = LiveOptions & {
  ground: Ground;
  /** Random: project and environment are called so. */
  name: string;
  branch: string;
  folder: string;
  log: string;
  /** The clean-up file; there only once it has been registered. */
  cleanUpFile: string;
  repository: Repository;
  /** The value of the app's secret. */
  secret: string;
  /** Full ids of the commits of the environment's branch that were deployed, in order. */
  commits: string[];
  /** Where the environment answers; empty before it does. */
  url: string;
  signal: AbortSignal;
  azure(): Promise<Subscription>;
  names(): Promise<Names>;
  /** Writes down how everything is removed. From here on it will be, whatever happens. */
  registerCleanUp(): Promise<void>;
  /** Whether it has been. */
  registered: boolean;
  /** Notes in the registered file what is known by now. */
  noteCleanUp(more: Partial<Pick<CleanUp, "running">>): void;
  /** Finds out who the run's identities are, for when they are gone. */
  notePrincipals(): Promise<string[]>;
  principals: string[];
  /** Waits until a look finds something; says what it waits for. */
  until<T>(what: string, seconds: number, look: () => Promise<T | null>): Promise<T>;
  ask(): Promise<Answer>;
  /** A folder of its own in the run's. */
  makeFolder(name: string): string;
  /** Removes the run's folder. */
  forget(): void;
  close(): Promise<void>;
};

/** Milliseconds between two looks. */
const PACE = 3000;

export function openLive(options: LiveOptions, ground: Ground, picture: Picture, signal: AbortSignal): Live {
  const name = `live-${base32(randomBytes(4), 6)}`;
  const folder = path.join(ground.runs, name);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const cleanUpFile = path.join(folder, "clean-up.json");
  const branch = `env-${name}`;
  const repository = openRepository(path.join(folder, "repository"), ground.variables);
  const http = openHttp(null, ground.clientOptions);
  let subscription: Promise<Subscription> | undefined;
  let cleanUp: CleanUp | undefined;
  const azure = () => {
    subscription ??= openSubscription(options.subscription, ground);
    return subscription;
  };
  const names = async () => {
    const { id, session } = await azure();
    return namesOf(requireManifest(repository.read("paas.yaml"), "paas.yaml"), branch, id, session.tenantId);
  };
  const note = (more: Partial<CleanUp>) => {
    if (!cleanUp) return;
    cleanUp = { ...cleanUp, ...more };
    writeCleanUp(cleanUpFile, cleanUp);
  };
  const live: Live = {
    ...options,
    ground,
    name,
    branch,
    folder,
    log: path.join(folder, "live.log"),
    cleanUpFile,
    repository,
    secret: randomBytes(24).toString("base64url"),
    commits: [],
    url: "",
    principals: [],
    signal,
    azure,
    names,
    registerCleanUp: async () => {
      const { id, session } = await azure();
      cleanUp = {
        schemaVersion: 1,
        simulated: ground.simulated,
        began: new Date().toISOString(),
        subscription: id,
        tenant: session.tenantId,
        owner: { ...(await names()), principals: [] },
        folder,
        running: null,
      };
      writeCleanUp(cleanUpFile, cleanUp);
      live.registered = true;
    },
    registered: false,
    noteCleanUp: note,
    notePrincipals: async () => {
      const principals = await principalsOf(await names(), await azure());
      live.principals = principals;
      if (cleanUp) note({ owner: { ...cleanUp.owner, principals } });
      return principals;
    },
    until: async (what, seconds, look) => {
      // Stand-ins have nothing that takes its time.
      const limit = ground.simulated ? PACE / 1000 : seconds;
      const end = Date.now() + limit * 1000;
      for (let told = false; ; told = true) {
        const found = await look();
        if (found !== null) return found;
        if (Date.now() > end) throw unmet(`${what}, within ${limit} s`);
        if (!told) picture.note(`  … waiting until ${what}, at most ${limit} s`);
        await sleep(PACE, undefined, { signal });
      }
    },
    ask: async () => (await http({ method: "GET", url: live.url, signal })).body as Answer,
    makeFolder: (inner) => {
      fs.mkdirSync(path.join(folder, inner), { recursive: true });
      return path.join(folder, inner);
    },
    forget: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
    close: async () => (await subscription?.catch(() => null))?.close(),
  };
  return live;
}
