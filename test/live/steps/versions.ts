import { createHash } from "node:crypto";
import type { Live } from "../live-run.js";
import { expect, type Step } from "../step.js";
import { answers, short, up } from "./environment.js";

/** What happens to an environment between its first version and its end. */
export const VERSIONS: Step[] = [
  {
    name: "paas secret set",
    minutes: 10,
    paas: () => ["secret", "set", "LIVE_SECRET", "--tier", "nonprod"],
    input: ({ secret }) => secret,
    sees: (_, { stderr }) => {
      expect(stderr.includes("LIVE_SECRET is in the vault"), "the value in the vault of the tier", stderr);
      return "LIVE_SECRET, from standard input into the vault of nonprod";
    },
  },
  {
    name: "a commit: the app gets the secret",
    minutes: 1,
    does: ({ repository }) => {
      repository.change("paas.yaml", (text) => text.replace(/^( *)port: .*$/m, "$&\n$1secrets: [LIVE_SECRET]"));
      return short(repository.commit("The app gets a secret"));
    },
  },
  up("paas up, with the secret"),
  answers("its URL answers, with the secret", (answer, live) => answer.secret === digestOf(live)),
  {
    name: "a commit: the app changes",
    minutes: 1,
    does: ({ repository }) => {
      repository.change("server.js", (text) => `${text}// Changed.\n`);
      return short(repository.commit("The app changes"));
    },
  },
  up("paas up, of the change"),
  answers("its URL answers, with the change", (answer, live) => answer.secret === digestOf(live)),
  {
    name: "paas plan",
    minutes: 10,
    paas: ({ branch }) => ["plan", branch, "--detailed-exitcode"],
    sees: ({ name }, { stdout }) => {
      expect(stdout.trim() === `${name}: no change`, "a plan without a change", stdout);
      return "no change";
    },
  },
  {
    name: "paas rollback",
    minutes: 15,
    paas: ({ branch }) => ["rollback", branch, "--json"],
    sees: (live, { stdout }) => {
      const { environment } = JSON.parse(stdout) as { environment: { commit: string } };
      const [, second = ""] = live.commits;
      expect(environment.commit === second, `the commit before, ${short(second)}`, stdout);
      live.commits.push(second);
      return short(second);
    },
  },
  answers("its URL answers, with the version before", (answer, live) => answer.secret === digestOf(live)),
  {
    name: "paas ls",
    minutes: 5,
    paas: () => ["ls", "--json"],
    sees: (live, { stdout }) => {
      type Listed = { envId: string; branch: string; status: string; url: string; commit: string };
      const { environments } = JSON.parse(stdout) as { environments: Listed[] };
      const [only] = environments;
      expect(environments.length === 1 && only?.branch === live.branch, "this environment and no other", stdout);
      expect(only.commit === live.commits.at(-1) && only.status === "running", "the version before, running", stdout);
      return `${only.envId} ${only.status} ${short(only.commit)}`;
    },
  },
];

/** The app tells a digest of its secret, and never the secret. */
function digestOf({ secret }: Live): string {
  return createHash("sha256").update(secret).digest("hex");
}
