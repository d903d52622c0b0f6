import fs from "node:fs";
import path from "node:path";
import { localPlatform } from "../../src/cloud.js";
import { openGit } from "../../src/git/git.js";
import { localCloud } from "../../src/local/cloud.js";
import { openParts, type Parts } from "../../src/local/composition.js";
import { connectionTo } from "../../src/local/connection.js";
import { makeLocalFolder } from "../../src/local/folder.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { type Doors, openDoors } from "../../src/pipeline/doors.js";
import { type Event, stepsOf } from "../../src/pipeline/events.js";
import { findSource, type Source } from "../../src/pipeline/source.js";
import { gitRepo, type Repository } from "../helpers/repository.js";

const TEMPLATE = path.resolve("templates/infra");

const SERVER = `
require("node:http")
  .createServer((request, response) => response.end(process.env.PAAS_COMMIT))
  .listen(process.env.PORT, process.env.HOST);
`;

export const MANIFEST = `
name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { runtime: node, port: 3000 }
`;

/** A project in a temporary repository with a local cloud in this process, and the doors that the pipelines go through. */
export type Surroundings = {
  repository: Repository;
  doors: Doors;
  source(branch: string): Promise<Source>;
  /** A run's steps; what they say is kept. */
  steps: ReturnType<typeof stepsOf>;
  events: Event[];
  close(): Promise<void>;
};

/** What the first run on a new machine may take, in milliseconds: installing the packages of infra/ is part of it. */
export const FIRST_RUN = 120_000;

/** For the tests of a file; close them after them. */
export async function surroundings(): Promise<Surroundings> {
  const later: (() => unknown)[] = [];
  const files = {
    "paas.yaml": MANIFEST,
    "server.js": SERVER,
    "package.json": '{"scripts":{"start":"node server.js"}}',
  };
  const repository = gitRepo({ ...files, ...infraFiles() }, { removeAfter: (work) => later.push(work) });
  repository.git("branch", "env-alice");
  const manifest = requireManifest(MANIFEST, "paas.yaml");
  const platform = localPlatform(manifest);
  const places = makeLocalFolder(repository.folder);
  const account = platform("nonprod").stateAccount;
  const parts: Parts = await openParts({ places, account, gatewayPort: 0, stop: () => {}, say: () => {} });
  const fixed = { schemaVersion: 1 as const, version: "test", pid: process.pid, startedAt: "", gatewayPort: 0 };
  const cloud = localCloud(connectionTo({ ...fixed, ...parts.address }), platform);
  const git = await openGit(repository.folder);
  const doors = await openDoors({
    cloud: async () => cloud,
    git: async () => git,
    home: async () => git.root,
    variables: process.env,
    now: () => new Date(),
    signal: new AbortController().signal,
  });
  const events: Event[] = [];
  return {
    repository,
    doors,
    source: (branch) => findSource(git, git, branch, null),
    steps: stepsOf(
      (event) => events.push(event),
      () => performance.now(),
    ),
    events,
    close: async () => {
      await parts.close();
      for (const work of later) await work();
    },
  };
}

function infraFiles(): Record<string, string> {
  const names = fs.readdirSync(TEMPLATE).filter((name) => fs.statSync(path.join(TEMPLATE, name)).isFile());
  return Object.fromEntries(names.map((name) => [`infra/${name}`, fs.readFileSync(path.join(TEMPLATE, name), "utf8")]));
}
