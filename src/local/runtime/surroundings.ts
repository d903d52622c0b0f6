import { PaasError } from "../../errors.js";
import type { App } from "./app.js";
import { isServed, processVariables } from "./instance.js";
import { workplaceIn } from "./workplace.js";

/** Where the process of an app runs, and its whole environment: for a command that is run beside it. */
export type Surroundings = { folder: string; variables: Record<string, string> };

/** @throws PaasError `no-console` when nothing of the app runs */
export function surroundingsOf(app: App | undefined): Surroundings {
  const launch = app?.serving();
  if (!app || !launch) {
    throw new PaasError("no-console", `${app?.name ?? "the app"} does not run, so nothing can be run beside it`, {
      details: app ? [`it is ${app.status().state}`] : [],
      next: "`paas status` and `paas logs` say why; repeat when it runs",
    });
  }
  if (isServed(launch)) {
    throw new PaasError("no-console", `${app.name} is a static site, which the local cloud serves itself`, {
      details: ["it has no process, and so no environment that a command could have"],
      next: "`paas open` shows it; its files are those of your branch",
    });
  }
  const place = workplaceIn(launch.home);
  return { folder: place.app, variables: processVariables(launch, place) };
}
