import type { Answer, Live } from "../live-run.js";
import { expect, type Step, unmet } from "../step.js";

type Deployed = { environment: { commit: string }; services: { image: string }[]; url: string };

/** The first version of an environment, from a branch that is pushed nowhere. */
export const ENVIRONMENT: Step[] = [
  {
    name: "a branch",
    minutes: 1,
    does: ({ repository, branch }) => {
      repository.git("switch", "--quiet", "--create", branch);
      return branch;
    },
  },
  up("paas up"),
  answers("its URL answers"),
  {
    name: "paas status",
    minutes: 5,
    paas: ({ branch }) => ["status", branch, "--json"],
    sees: (live, { stdout }) => {
      const { environment, url } = JSON.parse(stdout) as {
        environment: { status: string; commit: string };
        url: string;
      };
      expect(environment.status === "running" && url === live.url, `${live.url} running`, stdout);
      expect(environment.commit === live.commits.at(-1), `commit ${live.commits.at(-1)}`, stdout);
      return `${environment.status}, ${short(environment.commit)}`;
    },
  },
  {
    name: "paas logs",
    minutes: 5,
    paas: ({ branch }) => ["logs", branch, "--tail", "50"],
    sees: (live, { stdout }) => {
      const line = stdout.split("\n").find((one) => one.includes(`listening, commit ${live.commits.at(-1)}`));
      if (line === undefined) throw unmet("the line that the app prints when it starts", stdout.split("\n"));
      return line.trim().slice(0, 60);
    },
  },
  {
    name: "paas exec",
    minutes: 5,
    paas: ({ branch }) => ["exec", branch, "--", "node", "-p", "6*7"],
    sees: (_, { stdout }) => {
      expect(stdout.trim() === "42", "the answer of a command beside the app", stdout);
      return "node -p 6*7 is 42";
    },
  },
];

/** Builds on this machine, applies and deploys. */
export function up(name: string): Step {
  return {
    name,
    minutes: 30,
    paas: ({ branch }) => ["up", branch, "--json"],
    sees: async (live, { stdout }) => {
      const { environment, services, url } = JSON.parse(stdout) as Deployed;
      const { registry } = await live.names();
      const [image = ""] = services.map((service) => service.image);
      const [place, digest = ""] = image.split("@");
      expect(place === `${registry}.azurecr.io/${live.name}/web`, "an image in the platform's registry", image);
      expect(/^sha256:[0-9a-f]{64}$/.test(digest), "an image named by its digest", image);
      expect(environment.commit === live.repository.git("rev-parse", "HEAD"), "the commit of the branch", stdout);
      live.commits.push(environment.commit);
      live.url = url;
      return `${url}, ${short(environment.commit)}, ${digest.slice(0, 15)}`;
    },
  };
}

/** @param more what the answer must say besides the commit that was deployed last */
export function answers(name: string, more: (answer: Answer, live: Live) => boolean = () => true): Step {
  return {
    name,
    minutes: 10,
    does: async (live) => {
      const commit = live.commits.at(-1) ?? "";
      let last = "nothing";
      const isIt = (answer: Answer) =>
        answer.commit === commit && answer.environment === live.name && more(answer, live);
      const found = await live
        .until(`${live.url} answers with commit ${short(commit)}`, 300, async () => {
          const answer = await live.ask().catch((error: Error) => {
            last = error.message;
            return null;
          });
          if (answer) last = JSON.stringify(answer);
          return answer && isIt(answer) ? answer : null;
        })
        .catch((error: Error) => {
          throw unmet(error.message, [`it answered last: ${last}`]);
        });
      return `${short(found.commit)}, ${found.secret ? "with its secret" : "without a secret"}`;
    },
  };
}

export function short(commit: string): string {
  return commit.slice(0, 8);
}
