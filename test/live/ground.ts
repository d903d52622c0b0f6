import os from "node:os";
import path from "node:path";
import type { ClientOptions } from "../../src/azure/client.js";

/** What a run stands on: Azure itself, or stand-ins for it on this machine. */
export type Ground = {
  /** True for stand-ins: everything that is printed says so. */
  simulated: boolean;
  /** Of every command that is run; sign-in, proxy and PATH are in there. */
  variables: NodeJS.ProcessEnv;
  /** For SDK clients of this process. */
  clientOptions: ClientOptions;
  /** Folder that runs have a folder of their own in. */
  runs: string;
  close(): Promise<void>;
};

/** Variables of paas itself that would lead a run elsewhere. */
const LEADING = /^(PAAS_(?!TERRAFORM$|CACHE_DIR$)|GIT_|GITHUB_|GH_|CI$)/;

/** Azure itself, with the sign-in and the tools of whoever starts the run. */
export function realGround(variables: NodeJS.ProcessEnv): Ground {
  const kept = Object.entries(variables).filter(([name]) => !LEADING.test(name));
  return {
    simulated: false,
    variables: { ...Object.fromEntries(kept), NO_COLOR: "1" },
    clientOptions: {},
    // Not a temporary folder: what is needed to remove things must survive a restart of the machine.
    runs: path.join(os.homedir(), ".paas", "live"),
    close: async () => {},
  };
}
