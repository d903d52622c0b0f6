import type { Facts } from "../facts.js";
import { type Check, failure, judged, ok, skipped, type Verdict, warning } from "../verdict.js";

const OLDEST = { node: [20, 19], git: [2, 30] } as const;

/** Programs that paas starts, or runs in. */
export const TOOLS: Check[] = [
  {
    id: "node",
    title: "Node.js",
    judge: ({ node }) =>
      isAtLeast(node, OLDEST.node)
        ? ok(node)
        : failure(`${node} is older than ${OLDEST.node.join(".")}`, "install Node.js 22 or newer: https://nodejs.org"),
  },
  {
    id: "git",
    title: "git",
    judge: ({ git }) =>
      judged(git, (version) =>
        isAtLeast(version, OLDEST.git)
          ? ok(version)
          : failure(`${version} is older than ${OLDEST.git.join(".")}`, "install a newer git"),
      ),
  },
  {
    id: "terraform",
    title: "Terraform",
    judge: ({ terraform }) =>
      judged(terraform, ({ version, path, flavour }) =>
        ok(`${flavour === "tofu" ? "OpenTofu " : ""}${version} (${path})`),
      ),
  },
  { id: "buildx", title: "docker buildx", judge: buildx },
];

/** Only builds for Azure need it, and most of those happen in workflows, whose runners have it. */
function buildx({ buildx: found, cloud }: Facts): Verdict | Verdict[] {
  if (!("value" in cloud) || cloud.value.name === "local") return skipped("the local cloud builds without Docker");
  return judged(found, ok, (line, fix) => warning(line, fix));
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
