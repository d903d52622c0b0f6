import fs from "node:fs/promises";
import path from "node:path";
import { WORKFLOW_FOLDER } from "./render.js";

export type WorkflowText = { path: string; text: string };

/** The workflow files of a working tree, by name; none when there is no such folder. Links are not followed. */
export async function readWorkflows(root: string): Promise<WorkflowText[]> {
  const folder = path.join(root, WORKFLOW_FOLDER);
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name)).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => ({
      path: `${WORKFLOW_FOLDER}/${name}`,
      text: await fs.readFile(path.join(folder, name), "utf8"),
    })),
  );
}
