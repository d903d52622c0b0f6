import { TAG } from "../../../src/environment/tags.js";
import type { Live } from "../live-run.js";
import { expect, type Step } from "../step.js";

/** The platform: shown, made, and looked at by doctor. */
export const PLATFORM: Step[] = [
  {
    name: "paas bootstrap --dry-run",
    minutes: 5,
    paas: (live) => [...bootstrap(live), "--dry-run"],
    sees: async (live, { stdout, stderr }) => {
      expect(stdout.includes("nothing was changed"), "that nothing was changed", stdout);
      expect(stderr.includes("there is no remote origin"), "that GitHub's side is left out", stderr);
      expect((await groupsOf(live)).length === 0, "no resource group of this project");
      return `${stdout.trim()}; GitHub's side is left out: nothing is pushed anywhere`;
    },
  },
  {
    name: "paas bootstrap --yes",
    minutes: 40,
    paas: (live) => [...bootstrap(live), "--yes", "--json"],
    sees: async (live, { stdout }) => {
      const { steps, commands } = JSON.parse(stdout) as { steps: unknown[]; commands: string[] };
      expect(commands.length === 0, "nothing left for an owner to type", ...commands);
      expect(live.repository.read("paas.yaml").includes("platform:"), "the platform in paas.yaml");
      live.repository.commit("The platform");
      const [groups, principals] = [await groupsOf(live), await live.notePrincipals()];
      expect(groups.length === 2, "two resource groups with the project's tags", ...groups);
      return `${steps.length} steps, ${groups.join(" and ")}, ${principals.length} identities`;
    },
  },
  {
    name: "paas doctor",
    minutes: 5,
    paas: () => ["doctor", "--json"],
    sees: (_, { stdout }) => {
      const { checks } = JSON.parse(stdout) as { checks: { check: string; status: string }[] };
      for (const needed of ["azure-sign-in", "azure-providers", "azure-roles", "azure-state"]) {
        const found = checks.filter(({ check }) => check === needed).map(({ status }) => status);
        expect(found.join() === "ok", `${needed} to be good`, stdout);
      }
      const count = (status: string) => checks.filter((one) => one.status === status).length;
      return `${count("ok")} good, ${count("warning")} warnings, ${count("skipped")} skipped, no failure`;
    },
  },
];

function bootstrap({ subscription, shared }: Live): string[] {
  return ["bootstrap", "--subscription", subscription, ...(shared ? ["--shared-subscription"] : [])];
}

/** Names of the groups that carry the project's tags. */
export async function groupsOf(live: Live): Promise<string[]> {
  const [{ groups }, { project }] = [await live.azure(), await live.names()];
  const found: string[] = [];
  for await (const { name } of groups.withTag(TAG.projectId, project.id)) found.push(name);
  return found.sort();
}
