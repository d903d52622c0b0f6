import { othersIn } from "../../../src/bootstrap/subscription.js";
import { EXIT, PaasError } from "../../../src/errors.js";
import type { Live } from "../live-run.js";
import { takenNames } from "../name-availability.js";
import { programsOf } from "../programs.js";
import { expect, type Step } from "../step.js";

/** What is looked at before anything is made, and what a refusal of it is. */
export const BEFORE: Step[] = [
  { name: "tools are here", minutes: 2, does: ({ ground }) => programsOf(ground) },
  {
    name: "signed in",
    minutes: 2,
    does: async (live) => {
      const { id, session } = await live.azure();
      return `${session.who} (${session.signIn}), tenant ${session.tenantId}, subscription ${id}`;
    },
  },
  { name: "the subscription holds nothing else", minutes: 5, does: refuseOthers },
  {
    name: "a repository with a small app",
    minutes: 1,
    does: ({ repository }) => {
      repository.make();
      return repository.folder;
    },
  },
  {
    name: "paas init",
    minutes: 2,
    paas: ({ name }) => ["init", "--yes", "--name", name, "--location", "westeurope", "--json"],
    sees: ({ repository, name }, { stdout }) => {
      const { services } = JSON.parse(stdout) as { services: { name: string; runtime: string; port: number }[] };
      const [web] = services;
      expect(web?.runtime === "docker" && web.port === 8080, "one service, built by its Dockerfile, on port 8080");
      repository.commit("paas init");
      return `project ${name}, service ${web.name} from its Dockerfile`;
    },
  },
  { name: "names are free", minutes: 5, does: refuseTaken },
  {
    name: "clean-up is registered",
    minutes: 1,
    does: async (live) => {
      await live.registerCleanUp();
      return live.cleanUpFile;
    },
  },
];

async function refuseOthers(live: Live): Promise<string> {
  const { groups, id } = await live.azure();
  const found = [];
  for await (const group of groups.all()) found.push(group);
  // The run has no project yet, so that no group is its own.
  const others = othersIn(found, "", "nonprod");
  if (others.length === 0) return `no resource group but Azure's own (${found.length})`;
  if (live.shared) return `${others.length} resource groups of others, as --shared-subscription says`;
  throw new PaasError("subscription-shared", `subscription ${id} has resource groups that are not this run's`, {
    details: [...others.slice(0, 5), ...(others.length > 5 ? [`and ${others.length - 5} more`] : [])],
    next: "take a subscription of its own; or --shared-subscription, if nothing in this one is missed should the run go wrong",
    exit: EXIT.refused,
  });
}

async function refuseTaken(live: Live): Promise<string> {
  const names = await live.names();
  const { taken, untold } = await takenNames(names, await live.azure());
  if (taken.length > 0) {
    throw new PaasError("names-taken", "names that the run needs are taken", {
      details: taken,
      next: "nothing was made; run again, for every run has names of its own",
      exit: EXIT.refused,
    });
  }
  const checked = `${names.groups.length} groups, state account, registry, ${names.vaults.length} vaults`;
  return untold.length === 0 ? checked : `${checked}; not told before registration: ${untold.join(", ")}`;
}
