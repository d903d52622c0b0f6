import fs from "node:fs";
import path from "node:path";
import { eventually } from "./ask.js";
import type { Started } from "./started.js";

/** A place that work waits at as long as it is closed, so that a test can meet a run in the middle of it. */
export type Gate = {
  /** Text of `infra/environment-stack.ts` with one more resource; Terraform comes to the gate when it has made the group. */
  inStack(stack: string): string;
  /** JavaScript that passes the gate and then does what is in `then`. */
  inScript(then: string): string;
  close(): void;
  open(): void;
  /** Waits until somebody stands before the gate; fails when the run that should come there ends before. */
  reached(run: Pick<Started, "ended">): Promise<void>;
};

/** @param folder where the gate keeps its files; with it goes whatever still waits */
export function gateIn(folder: string): Gate {
  const closed = path.join(folder, "closed");
  const reached = path.join(folder, "reached");
  const command = `touch ${reached}; while [ -e ${closed} ]; do sleep 0.05; done`;
  const resource = `    new DataResource(this, "gate", {
      dependsOn: [group],
      provisioners: [{ type: "local-exec", command: ${JSON.stringify(command)} }],
    });\n`;
  return {
    inStack: (stack) =>
      stack
        .replace("import { TerraformOutput", "import { DataResource, TerraformOutput")
        .replace(/^ {4}tagEverything/m, `${resource}    tagEverything`),
    inScript: (then) => `const fs = require("node:fs");
fs.writeFileSync(${JSON.stringify(reached)}, "");
const timer = setInterval(() => {
  if (fs.existsSync(${JSON.stringify(closed)})) return;
  clearInterval(timer);
  ${then}
}, 50);
`,
    close: () => {
      fs.mkdirSync(folder, { recursive: true });
      fs.rmSync(reached, { force: true });
      fs.writeFileSync(closed, "");
    },
    open: () => fs.rmSync(closed, { force: true }),
    reached: async (run) => {
      const ended = run.ended.then(({ stdout, stderr }) =>
        Promise.reject(new Error(`it ended before the gate:\n${stdout}${stderr}`)),
      );
      const look = async () => fs.existsSync(reached) || undefined;
      await Promise.race([ended, eventually(look, "somebody to reach the gate", 60_000)]);
    },
  };
}

/** A Terraform that waits at the gate before it applies anything; gives its path. */
export function gatedTerraform(gate: Gate, folder: string): string {
  const [script, binary] = [path.join(folder, "gate.cjs"), path.join(folder, "terraform")];
  fs.writeFileSync(script, gate.inScript(""));
  const wait = `[ "$1" = apply ] && '${process.execPath}' '${script}'`;
  const terraform = process.env.PAAS_TERRAFORM ?? "terraform";
  fs.writeFileSync(binary, `#!/bin/sh\n${wait}\nexec '${terraform}' "$@"\n`, { mode: 0o755 });
  return binary;
}
