import fs from "node:fs";
import path from "node:path";
import type { EventRequest } from "../../../src/workflow/rehearse/event.js";
import { type RehearsalRequest, rehearse } from "../../../src/workflow/rehearse/rehearse.js";
import type { JobTranscript, Transcript, WorkflowTranscript } from "../../../src/workflow/rehearse/transcript.js";
import { gitRepo, type Lifetime, type Repository, temporaryFolder } from "../../helpers/repository.js";

const FIXTURE = path.resolve(import.meta.dirname, "../../fixtures/rehearse");
export const ENVIRONMENT_FILE = ".github/workflows/paas-environment.yml";
export const PULL_REQUEST_FILE = ".github/workflows/paas-pull-request.yml";
export const NIGHTLY_FILE = ".github/workflows/paas-nightly.yml";

/** A stand-in for the CLI: writes down how it was called, and answers what the workflows go on with. */
const PAAS = `#!/bin/bash
printf '%s\\x1f' "$@" >> "$CALLS"; echo >> "$CALLS"
case "$1" in
  up) echo "https://$2.example.com" ;;
  reap) if [ "$2" = --plan ]; then echo "$REAP"; fi ;;
esac
exit "\${PAAS_EXIT:-0}"
`;

export type Theatre = {
  repository: Repository;
  /** A branch from main with one more file. */
  branch(name: string, files?: Record<string, string>): void;
  play(event: EventRequest, more?: Partial<RehearsalRequest>): Promise<Played>;
};

export type Played = {
  transcript: Transcript;
  /** The command lines that the stand-in for paas got, in order. */
  calls: string[][];
  /** The one workflow that started. */
  only: WorkflowTranscript;
  job(name: string): JobTranscript;
  /** Jobs with their ends, `up=success`. */
  jobs: string[];
};

/** Files of the fixture by path. */
export function fixtureFiles(): Record<string, string> {
  const names = fs.readdirSync(FIXTURE, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => fs.statSync(path.join(FIXTURE, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, fs.readFileSync(path.join(FIXTURE, name), "utf8")]));
}

/** A repository with workflows, to raise events in. */
export function theatre(files: Record<string, string> = {}, lifetime: Lifetime = {}): Theatre {
  const repository = gitRepo({ ...fixtureFiles(), ...files }, lifetime);
  const programs = temporaryFolder("programs-", lifetime);
  fs.writeFileSync(path.join(programs, "paas"), PAAS, { mode: 0o755 });
  const callsFile = path.join(programs, "calls");
  return {
    repository,
    branch: (name, more = { "app.js": "1" }) => {
      repository.git("checkout", "--quiet", "-b", name, "main");
      repository.write(more);
      repository.commit(`work on ${name}`);
      repository.git("checkout", "--quiet", "main");
    },
    play: async (event, more = {}) => {
      fs.writeFileSync(callsFile, "");
      const transcript = await rehearse({
        repository: repository.folder,
        defaultBranch: "main",
        event,
        run: true,
        standIns: {},
        onEvent: () => {},
        signal: new AbortController().signal,
        identity: { repository: "acme/shop", ownerId: "11", repositoryId: "22" },
        ...more,
        variables: {
          PATH: `${programs}${path.delimiter}${process.env["PATH"]}`,
          CALLS: callsFile,
          REAP: "[]",
          ...more.variables,
        },
      });
      return played(transcript, fs.readFileSync(callsFile, "utf8"));
    },
  };
}

function played(transcript: Transcript, calls: string): Played {
  const started = transcript.workflows.filter(({ starts }) => starts);
  const jobs = started.flatMap((workflow) => workflow.jobs);
  return {
    transcript,
    calls: calls
      .split("\x1f\n")
      .filter(Boolean)
      .map((line) => line.split("\x1f")),
    get only() {
      const [first, ...others] = started;
      if (!first || others.length > 0) throw new Error(`${started.length} workflows started`);
      return first;
    },
    job: (name) => {
      const found = jobs.find((job) => job.name === name);
      if (!found) throw new Error(`no job ${name} among ${jobs.map((job) => job.name).join(", ")}`);
      return found;
    },
    jobs: jobs.map(({ name, result }) => `${name}=${result}`),
  };
}
