import { pinnedVersion, vendoredPath, vendoredVersion } from "../../scaffold/cli-pin.js";
import { writtenBy } from "../../workflow/file.js";
import type { Facts, PinFact, WorkflowFact } from "../facts.js";
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
  return judged(found, (pinned) => {
    if (pinned === null) return skipped("infra/package.json pins no paas-cli: no workflow runs it");
    const version = pinnedVersion(pinned.spec);
    if (version === null) {
      return warning(`infra/package.json pins paas-cli as ${pinned.spec}, which is no exact version`, PIN);
    }
    const broken = content(pinned, version);
    if (broken !== null) return failure(broken, PIN);
    if (version === cli) return ok(`${version}, as here`);
    return warning(`workflows run ${version}, and this is ${cli}`, PIN);
  });
}

const PIN = "`paas init` pins this version; commit what it changes";

/** Why `npm ci` would not install what is pinned; null when nothing speaks against it. */
function content({ spec, locked, integrity }: PinFact, version: string): string | null {
  if (locked === null) return "infra/package-lock.json does not have the pinned paas-cli: no workflow can install it";
  if (locked.version !== version) {
    return `infra/package.json pins ${version}, and infra/package-lock.json has ${locked.version}: no workflow can install it`;
  }
  if (vendoredVersion(spec) === null) return null;
  const file = vendoredPath(spec);
  if (integrity === null) return `${file} is not there: no workflow can install it`;
  if (integrity === locked.integrity) return null;
  return `${file} was changed: it is not what infra/package-lock.json says`;
}

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
  const [by, here] = [writtenBy(found), writtenBy(rendered)];
  const fix = "`paas init` shows the difference; changes of your own are checked by `paas workflow lint`";
  if (by === null || by === here) return [warning(`${path} is not what this version writes`, fix)];
  return [warning(`${path} was written by ${by}, and ${here} writes it otherwise`, fix)];
}
