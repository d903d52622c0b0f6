import fs from "node:fs/promises";
import { PaasError } from "../errors.js";
import { type ActionsContext, contextOf, isActions } from "./context.js";

/**
 * Reads what the runner tells about this run; null outside Actions.
 * @throws PaasError `actions-incomplete`, `event-unreadable`
 */
export async function readContext(variables: NodeJS.ProcessEnv): Promise<ActionsContext | null> {
  if (!isActions(variables)) return null;
  const file = variables.GITHUB_EVENT_PATH;
  return contextOf(variables, file ? await read(file) : null);
}

async function read(file: string): Promise<string> {
  try {
    return await fs.readFile(file, "utf8");
  } catch (cause) {
    throw new PaasError("event-unreadable", `the event's payload ${file} cannot be read`, {
      details: [(cause as Error).message],
      cause,
    });
  }
}
