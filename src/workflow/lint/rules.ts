import type { Rule } from "./rule.js";
import { persistCredentials, pins, terraformWrapper } from "./rules/actions.js";
import { environment, forkCredentials, secrets, signIn } from "./rules/identity.js";
import { condition, permissions, timeout } from "./rules/jobs.js";
import { environmentFile, injection, pinnedCli, unquotedName } from "./rules/scripts.js";
import { dangerousTrigger, guard, triggers } from "./rules/triggers.js";
import { concurrency, neverCancelled } from "./rules/turns.js";

/** What makes environments of branches safe, in the order in which findings of one line are shown. */
export const RULES: readonly Rule[] = [
  injection,
  unquotedName,
  environmentFile,
  pinnedCli,
  pins,
  permissions,
  environment,
  signIn,
  secrets,
  forkCredentials,
  dangerousTrigger,
  concurrency,
  neverCancelled,
  guard,
  triggers,
  condition,
  timeout,
  persistCredentials,
  terraformWrapper,
];
