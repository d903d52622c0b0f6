import fs from "node:fs";
import path from "node:path";
import type { Live } from "../live-run.js";
import { remainsOf } from "../remains.js";
import { expect, type Step } from "../step.js";
import { groupsOf } from "./platform.js";

const outOf = ({ folder }: Live) => path.join(folder, "ejected");

/** Leaving paas, and leaving Azure: nothing of the run may stay. */
export const END: Step[] = [
  {
    name: "paas eject",
    minutes: 10,
    paas: (live) => ["eject", live.branch, "--out", outOf(live), "--json"],
    sees: (live, { stdout }) => {
      const { files } = JSON.parse(stdout) as { files: string[] };
      const text = files.map((file) => fs.readFileSync(path.join(outOf(live), file), "utf8")).join("\n");
      expect(text.includes('"azurerm"') && text.includes("tier-nonprod"), "Terraform with its backend", ...files);
      expect(!text.includes(live.secret), "no value of a secret");
      return files.join(", ");
    },
  },
  {
    name: "paas destroy",
    minutes: 45,
    paas: ({ name }) => ["destroy", name, "--yes", "--json"],
    sees: async (live, { stdout }) => {
      const { steps, left } = JSON.parse(stdout) as { steps: { name: string }[]; left: string[] };
      expect(left.length === 0, "nothing left", ...left);
      expect((await groupsOf(live)).length === 2, "no group of the environment any more");
      return steps.map((step) => step.name).join(", ");
    },
  },
  {
    name: "paas destroy, once more",
    minutes: 5,
    paas: ({ name }) => ["destroy", name, "--yes"],
    sees: (_, { stdout }) => {
      expect(stdout.includes("was destroyed already"), "that it was destroyed already", stdout);
      return stdout.trim();
    },
  },
  {
    name: "paas bootstrap --remove",
    minutes: 60,
    paas: () => ["bootstrap", "--remove", "--yes", "--json"],
    sees: (live, { stdout }) => {
      const { steps } = JSON.parse(stdout) as { steps: { name: string }[] };
      expect(!live.repository.read("paas.yaml").includes("platform:"), "no platform in paas.yaml any more");
      return `${steps.length} steps`;
    },
  },
  {
    name: "the secret was printed nowhere",
    minutes: 1,
    does: ({ log, secret }) => {
      expect(!fs.readFileSync(log, "utf8").includes(secret), "no value of a secret in what was printed", log);
      return "not in what the commands printed";
    },
  },
  {
    name: "nothing is left",
    minutes: 15,
    does: async (live) => {
      const [names, subscription] = [await live.names(), await live.azure()];
      const owner = { ...names, principals: live.principals };
      let left: string[] = [];
      await live
        .until("nothing of the run is left", 600, async () => {
          left = (await remainsOf(owner, subscription)).map(({ label }) => label);
          return left.length === 0 ? true : null;
        })
        .catch(() => {});
      expect(left.length === 0, "nothing left with the run's tags or names", ...left);
      return "no group, identity, role assignment, role definition or deleted vault";
    },
  },
];
