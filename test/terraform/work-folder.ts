import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ResourceEvent, TerraformRun } from "../../src/terraform/run.js";

/** Folders of Terraform runs that share one state in a file, made for one test. */
export class TestRuns {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "paas-terraform-")));
  readonly state = path.join(this.folder, "shared.tfstate");
  /** The local backend's settings, in place of the storage account's. */
  readonly backend = { path: this.state };

  /** A run with a work folder of its own and Terraform JSON in it. */
  run(name: string, configuration: object, changes: Partial<TerraformRun> = {}): TestRun {
    const work = path.join(this.folder, name);
    fs.mkdirSync(work, { mode: 0o700 });
    const withBackend = { terraform: { backend: { local: {} } }, ...configuration };
    fs.writeFileSync(path.join(work, "cdk.tf.json"), JSON.stringify(withBackend));
    const abort = new AbortController();
    const events: ResourceEvent[] = [];
    const onEvent = (event: ResourceEvent) => events.push(event);
    return {
      binary: "terraform",
      envId: "alice",
      work,
      variables: {},
      signal: abort.signal,
      onEvent,
      abort,
      events,
      ...changes,
    };
  }

  /** A program that stands in for Terraform. */
  program(name: string, javascript: string): string {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, `#!${process.execPath}\n${javascript}`, { mode: 0o755 });
    return file;
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export type TestRun = TerraformRun & { abort: AbortController; events: ResourceEvent[] };

/** A resource that is made at once, with this value. */
export function quick(input: string): object {
  return { terraform_data: { quick: { input } } };
}

/** A resource that goes on being made until the file `go` is there; it makes `started` first. */
export function slow(folder: string): object {
  const command = `touch started; until [ -e '${folder}/go' ]; do sleep 0.02; done`;
  return {
    terraform_data: {
      quick: { input: "made first" },
      slow: {
        depends_on: ["terraform_data.quick"],
        provisioner: [{ "local-exec": { command, working_dir: folder } }],
      },
    },
  };
}

/** Resolves when the file is there. */
export async function appears(file: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!fs.existsSync(file)) {
    if (Date.now() > deadline) throw new Error(`${file} did not appear`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
