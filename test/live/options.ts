import { parseArgs } from "node:util";
import { EXIT, PaasError } from "../../src/errors.js";

export type Options = {
  /** Against stand-ins on this machine. */
  dry: boolean;
  subscription: string | null;
  shared: boolean;
  /** File of a run that ended before it had removed everything. */
  cleanUp: string | null;
};

export const USAGE = `npm run test:live -- --subscription <id>       the whole loop on Azure; costs money
npm run test:live -- --dry                     the same steps against stand-ins, on this machine
npm run test:live -- --clean-up <file>         remove what a run has left
  --subscription <id>      subscription to work in; or PAAS_LIVE_SUBSCRIPTION
  --shared-subscription    it holds resource groups of others, too`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * @param words after `npm run test:live --`
 * @throws PaasError `usage`, `subscription-not-named` (exit 2)
 */
export function optionsOf(words: string[], variables: NodeJS.ProcessEnv): Options {
  const values = parsed(words);
  const subscription = values.subscription ?? (variables.PAAS_LIVE_SUBSCRIPTION || null);
  const options = {
    dry: values.dry ?? false,
    subscription,
    shared: values["shared-subscription"] ?? false,
    cleanUp: values["clean-up"] ?? null,
  };
  // What is signed in to may be any; the one in which things are made and removed is named.
  if (options.dry || options.cleanUp !== null || (subscription && UUID.test(subscription))) return options;
  throw new PaasError("subscription-not-named", "a live run makes and deletes things: name the subscription", {
    details: USAGE.split("\n"),
    next: "--subscription <id> or PAAS_LIVE_SUBSCRIPTION; ARM_SUBSCRIPTION_ID is not enough",
    exit: EXIT.usage,
  });
}

function parsed(words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: {
        dry: { type: "boolean" },
        subscription: { type: "string" },
        "shared-subscription": { type: "boolean" },
        "clean-up": { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new PaasError("usage", (error as Error).message, { details: USAGE.split("\n"), exit: EXIT.usage });
  }
}
