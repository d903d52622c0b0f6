import { EXIT, PaasError } from "../errors.js";
import type { Tools } from "../tools.js";
import type { BootstrapOptions } from "./bootstrap.run.js";

/** Asks a person; a script says `--yes`. @throws PaasError `confirmation-needed`, `not-confirmed` */
export async function confirm(
  { yes }: Pick<BootstrapOptions, "yes">,
  message: string,
  { prompt }: Tools,
): Promise<void> {
  if (yes) return;
  if (!prompt.interactive) {
    throw new PaasError("confirmation-needed", "this needs a yes, and nobody can be asked here", {
      next: "look at the plan with --dry-run, then pass --yes",
      exit: EXIT.usage,
    });
  }
  if (await prompt.confirm({ message })) return;
  throw new PaasError("not-confirmed", "nothing was changed", { exit: EXIT.refused });
}
