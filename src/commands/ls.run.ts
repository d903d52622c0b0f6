import { openDoors } from "../pipeline/doors.js";
import { type Listed, listEnvironments } from "../pipeline/listing.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { table } from "../ui/table.js";
import { relative, shortCommit } from "../ui/wording.js";

export type LsOptions = GlobalOptions & { all?: boolean };

export async function ls(options: LsOptions, tools: Tools): Promise<void> {
  const doors = await openDoors(tools);
  const all = await listEnvironments((await tools.manifest()).id, doors);
  const environments = options.all ? all : all.filter(({ status }) => status !== "destroyed");
  if (environments.length === 0 && !options.json) {
    tools.ui.note("no environments yet; push one: `git push local HEAD:env-<name>`");
    return;
  }
  const rows = environments.map((environment) => row(environment, tools.now()));
  tools.ui.result(options, { environments }, table(HEADER, rows, tools.ui.width));
}

const HEADER = ["ENVIRONMENT", "BRANCH", "STATUS", "COMMIT", "EXPIRES", "URL"];

function row({ envId, branch, status, locked, commit, expires, url }: Listed, now: Date): (string | null)[] {
  return [
    envId,
    branch,
    locked ? `${status} (locked)` : status,
    commit && shortCommit(commit),
    expires === null ? "never" : relative(new Date(expires), now),
    url,
  ];
}
