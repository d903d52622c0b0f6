import fs from "node:fs";
import path from "node:path";
import { githubEnvironments } from "../../../src/workflow/github-environments.js";
import type { EventRequest } from "../../../src/workflow/rehearse/event.js";
import { type RehearsalRequest, rehearse } from "../../../src/workflow/rehearse/rehearse.js";
import type { JobTranscript, Transcript, WorkflowTranscript } from "../../../src/workflow/rehearse/transcript.js";
import { renderWorkflows, WORKFLOW_FILES } from "../../../src/workflow/render.js";
import { gitRepo, type Lifetime, type Repository, temporaryFolder } from "../../helpers/repository.js";
import { web, webText } from "../../manifest/manifests.js";

/** Stands in for the CLI: writes down how it was called, and answers what the workflows go on with. */
const PAAS = `#!/bin/bash
{ printf '%s\\x1f' paas "$@"; echo; } >> "$CALLS"
case "$1 $2" in
  "up "*)
    echo "url=https://\${PAAS_BRANCH:-$PAAS_ENV}.example.com" >> "$GITHUB_OUTPUT"
    echo "### up" >> "$GITHUB_STEP_SUMMARY" ;;
  "reap --plan") echo "environments=$REAP" >> "$GITHUB_OUTPUT" ;;
esac
if [ "$1 $2" = "\${PAAS_FAILS_AT:-}" ]; then exit 5; fi
`;

/** Stands in for npm: what `npm ci` leaves behind is the CLI. */
const NPM = `#!/bin/bash
{ printf '%s\\x1f' npm "$@"; echo; } >> "$CALLS"
mkdir -p infra/node_modules/.bin
cp "$PROGRAMS/paas" infra/node_modules/.bin/paas
`;

/** Stands in for Terraform, of the version that the workflows ask for. */
const TERRAFORM = `#!/bin/bash
echo '{"terraform_version":"1.11.4"}'
`;

const REST = "environments: { prod: { branch: release } }\n";
const MANIFEST = web("", REST);

export type Theatre = {
  repository: Repository;
  /** A branch from main with one more file. */
  branch(name: string, files?: Record<string, string>): void;
  play(event: EventRequest, more?: Partial<RehearsalRequest>): Promise<Played>;
};

export type Played = {
  transcript: Transcript;
  /** The command lines of paas and npm, in order. */
  calls: string[][];
  /** Those of paas, without its name. */
  paas: string[][];
  /** The one workflow that started. */
  only: WorkflowTranscript;
  job(id: string): JobTranscript;
  /** Jobs with their ends, `up=success`. */
  jobs: string[];
};

/** The files of a project as `init` writes them, so far as workflows need them. */
export function projectFiles(): Record<string, string> {
  const request = { manifest: MANIFEST, cli: { version: "0.1.0", tarball: null }, defaultBranch: "main" };
  return {
    "paas.yaml": webText("", REST),
    "infra/package-lock.json": "{}\n",
    ...Object.fromEntries(renderWorkflows(request).map(({ path: file, text }) => [file, text])),
  };
}

/** The text of a generated workflow file. */
export function generated(file: keyof typeof WORKFLOW_FILES): string {
  return projectFiles()[WORKFLOW_FILES[file]] ?? "";
}

/** A repository of these files alone, to raise events in. */
export function theatre(files: Record<string, string> = projectFiles(), lifetime: Lifetime = {}): Theatre {
  const repository = gitRepo(files, lifetime);
  const programs = temporaryFolder("programs-", lifetime);
  for (const [name, text] of Object.entries({ paas: PAAS, npm: NPM, terraform: TERRAFORM })) {
    fs.writeFileSync(path.join(programs, name), text, { mode: 0o755 });
  }
  const callsFile = path.join(programs, "calls");
  const environments = githubEnvironments(MANIFEST, "main").map(({ name, refs }) => [name, refs] as const);
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
        environments: Object.fromEntries(environments),
        onEvent: () => {},
        signal: new AbortController().signal,
        identity: { repository: "acme/shop", ownerId: "11", repositoryId: "22" },
        vars: { AZURE_CLIENT_ID: "client" },
        ...more,
        variables: {
          PATH: `${programs}${path.delimiter}${process.env.PATH}`,
          PROGRAMS: programs,
          CALLS: callsFile,
          REAP: "[]",
          ...more.variables,
        },
      });
      return played(transcript, fs.readFileSync(callsFile, "utf8"));
    },
  };
}

function played(transcript: Transcript, written: string): Played {
  const started = transcript.workflows.filter(({ starts }) => starts);
  const jobs = started.flatMap((workflow) => workflow.jobs);
  const lines = written.split("\x1f\n").filter(Boolean);
  const calls = lines.map((line) => line.split("\x1f"));
  return {
    transcript,
    calls,
    paas: calls.filter(([program]) => program === "paas").map(([, ...words]) => words),
    get only() {
      const [first, ...others] = started;
      if (!first || others.length > 0) throw new Error(`${started.length} workflows started`);
      return first;
    },
    job: (id) => {
      const found = jobs.find((job) => job.id === id);
      if (!found) throw new Error(`no job ${id} among ${jobs.map((job) => job.id).join(", ")}`);
      return found;
    },
    jobs: jobs.map(({ id, result }) => `${id}=${result}`),
  };
}
