import type { Facts, WorkflowFact } from "../facts.js";
import { pinnedCli } from "../pin.js";
import { type Check, failure, judged, ok, skipped, type Verdict, warning } from "../verdict.js";

/** The repository: its manifest, the cloud that follows from it, and what `init` wrote. */
export const PROJECT: Check[] = [
  {
    id: "manifest",
    title: "paas.yaml",
    judge: ({ manifest }) => judged(manifest, ({ name, services }) => ok(`project ${name}, ${names(services)}`)),
  },
  {
    id: "cloud",
    title: "cloud",
    judge: ({ cloud }) => judged(cloud, ({ name, because }) => ok(`${name}: ${because}`)),
  },
  {
    id: "local-cloud",
    title: "local cloud",
    judge: ({ local }) =>
      judged(local, (found) => {
        if (found.state === "stopped") return ok("not running; it starts by itself when it is needed");
        if (found.state === "running") return ok(found.detail);
        return failure(
          found.detail,
          "`paas local stop`, then `paas local start`; `paas local logs` says what happened",
        );
      }),
  },
  { id: "cli-pin", title: "pinned CLI", judge: pin },
  { id: "workflows", title: "workflows", judge: workflows },
];

function names(services: { name: string }[]): string {
  return `${services.length === 1 ? "service" : "services"} ${services.map(({ name }) => name).join(", ")}`;
}

function pin({ pin: found, cli }: Facts): Verdict | Verdict[] {
  return judged(found, (spec) => {
    if (spec === null) return skipped("infra/package.json pins no paas-cli: no workflow runs it");
    const pinned = pinnedCli(spec);
    if (pinned === null) return warning(`infra/package.json pins paas-cli as ${spec}, which is no exact version`, PIN);
    if (pinned.version === cli) return ok(`${pinned.version}, as here`);
    return warning(`workflows run ${pinned.version}, and this is ${cli}`, PIN);
  });
}

const PIN = "`paas init` pins this version; commit what it changes";

function workflows({ workflows: found }: Facts): Verdict | Verdict[] {
  return judged(found, (files) => {
    if (files.every(({ found: text }) => text === null)) {
      return skipped("no generated workflow is here: pushes to GitHub start nothing");
    }
    const verdicts = files.flatMap(drift);
    return verdicts.length > 0 ? verdicts : ok(`${files.length} files, as this version writes them`);
  });
}

function drift({ path, found, rendered }: WorkflowFact): Verdict[] {
  if (found === null) return [warning(`${path} is not there`, "`paas init` writes it")];
  if (found === rendered) return [];
  const fix = "`paas init` shows the difference; changes of your own are checked by `paas workflow lint`";
  return [warning(`${path} is not what this version writes`, fix)];
}
