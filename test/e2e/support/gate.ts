import fs from "node:fs";
import path from "node:path";
import { eventually } from "./ask.js";
import type { Started } from "./started.js";

/** A place that an apply waits at, so that a test can meet Terraform in the middle of its work. */
export type Gate = {
  /** The stack of the environment with one more resource that is made only while the gate is open. */
  files: Record<string, string>;
  close(): void;
  open(): void;
  /** Waits until the Terraform of a run stands before the gate. */
  reached(run: Pick<Started, "ended">): Promise<void>;
};

/**
 * @param infra the project's `infra/environment-stack.ts`
 * @param folder where the gate keeps its files; with it goes whatever still waits
 */
export function gateIn(infra: string, folder: string): Gate {
  const closed = path.join(folder, "closed");
  const reached = path.join(folder, "reached");
  const command = `touch ${reached}; while [ -e ${closed} ]; do sleep 0.05; done`;
  const resource = `    new DataResource(this, "gate", {
      provisioners: [{ type: "local-exec", command: ${JSON.stringify(command)} }],
    });\n`;
  const stack = fs
    .readFileSync(infra, "utf8")
    .replace("import { TerraformOutput", "import { DataResource, TerraformOutput")
    .replace(/^ {4}tagEverything/m, `${resource}    tagEverything`);
  return {
    files: { "infra/environment-stack.ts": stack },
    close: () => {
      fs.mkdirSync(folder, { recursive: true });
      fs.rmSync(reached, { force: true });
      fs.writeFileSync(closed, "");
    },
    open: () => fs.rmSync(closed, { force: true }),
    reached: async (run) => {
      const ended = run.ended.then(({ stderr }) => Promise.reject(new Error(`it ended before the gate:\n${stderr}`)));
      const look = async () => fs.existsSync(reached) || undefined;
      await Promise.race([ended, eventually(look, "Terraform to reach the gate", 60_000)]);
    },
  };
}
