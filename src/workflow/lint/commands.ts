import { codeOf } from "./shell.js";
import type { Verb } from "./situations.js";

/** A command of paas, or one of Terraform that does the same behind its back, in a script. */
export type ScriptCommand = { words: string; verb: Verb };

const VERBS: Record<string, Verb> = {
  up: "update",
  rollback: "update",
  promote: "update",
  extend: "update",
  unlock: "update",
  destroy: "destroy",
  down: "destroy",
  reap: "destroy",
  plan: "look",
  ls: "look",
  status: "look",
  drift: "look",
  cost: "look",
};

const PAAS = /(?:^|[\s;&|(/"'])paas(?:\.js)?["']?((?:\s+-[^\s;&|]+(?:\s+(?=-))?)*)\s+([a-z]+)\b([^;&|\n]*)/gm;
const TERRAFORM = /(?:^|[\s;&|(])(?:terraform|tofu)(?:\s+-\S+)*\s+(apply|destroy)\b/gm;

/** What a script does to environments. Commands that reach no cloud are left out. */
export function commandsIn(script: string): ScriptCommand[] {
  const text = codeOf(script);
  const paas = [...text.matchAll(PAAS)].flatMap(([, , command = "", rest = ""]): ScriptCommand[] => {
    const verb = VERBS[command];
    if (!verb) return [];
    const looks = /\s--(?:plan|dry-run)\b/.test(rest);
    return [{ words: `paas ${command}`, verb: looks ? "look" : verb }];
  });
  const terraform = [...text.matchAll(TERRAFORM)].map(([, command = ""]): ScriptCommand => {
    return { words: `terraform ${command}`, verb: command === "apply" ? "update" : "destroy" };
  });
  return [...paas, ...terraform];
}
