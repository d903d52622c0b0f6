import type { Manifest } from "../../src/manifest/manifest.js";
import { parseManifest, requireManifest } from "../../src/manifest/parse.js";
import { problemLine } from "../../src/manifest/problem.js";

/** Lines 1 to 3 of every manifest below. */
export const HEAD = `name: shop
id: 7kq2mzt5abcdefghijklmnopqr
location: westeurope
`;

/** A manifest of one service `web`, whose fields are `service` (one line of flow YAML), and `rest` from line 6 on. */
export function webText(service = "", rest = ""): string {
  const fields = ["runtime: node", service].filter(Boolean).join(", ");
  return `${HEAD}services:\n  web: { ${fields} }\n${rest}`;
}

export function web(service = "", rest = ""): Manifest {
  return requireManifest(webText(service, rest), "paas.yaml");
}

/** The problems of a text, as the lines that a person reads. */
export function problemsOf(text: string): string[] {
  const parsed = parseManifest(text, "paas.yaml");
  return "problems" in parsed ? parsed.problems.map(problemLine) : [];
}
