import type { Manifest } from "../../src/manifest/manifest.js";
import { requireManifest } from "../../src/manifest/parse.js";

const HEAD = `name: shop
id: 7kq2mzt5abcdefghijklmnopqr
location: westeurope
`;

const SERVICES = {
  one: (runtime: string) => `  web: { runtime: ${runtime} }`,
  several: (runtime: string) =>
    [`  web: { path: web, runtime: ${runtime} }`, "  api: { path: api, runtime: node, internal: true }"].join("\n"),
  secretive: (runtime: string) =>
    `  web: { runtime: ${runtime}, secrets: [STRIPE_KEY, MAIL_TOKEN], release: npm run migrate }`,
};

const ENVIRONMENTS = {
  none: "",
  main: "environments:\n  prod: { branch: main, tier: prod, protected: true }\n",
  open: 'environments:\n  "*": { ttl: 7d }\n  qa: { branch: release/next, protected: false }\n  staging: { tier: prod }\n',
  odd: `environments:\n  odd: { branch: "it's+a/{{b}}", protected: false }\n  yes: { branch: on }\n  dev: { isolation: dedicated }\n`,
};

const DIMENSIONS = {
  services: Object.keys(SERVICES) as (keyof typeof SERVICES)[],
  isolation: ["shared", "dedicated"] as const,
  environments: Object.keys(ENVIRONMENTS) as (keyof typeof ENVIRONMENTS)[],
  runtime: ["node", "python", "static", "docker"] as const,
};

export type Point = { [name in keyof typeof DIMENSIONS]: (typeof DIMENSIONS)[name][number] };

export function manifestOf({ services, isolation, environments, runtime }: Point): Manifest {
  const text = `${HEAD}isolation: ${isolation}\nservices:\n${SERVICES[services](runtime)}\n${ENVIRONMENTS[environments]}`;
  return requireManifest(text, "paas.yaml");
}

/** Points that between them hold every pair of values of two dimensions. */
export const PAIRWISE: Point[] = pairwise();

function pairwise(): Point[] {
  const all = everyPoint();
  const wanted = new Set(all.flatMap(pairsOf));
  const chosen: Point[] = [];
  while (wanted.size > 0) {
    const news = (point: Point) => pairsOf(point).filter((pair) => wanted.has(pair)).length;
    const best = all.reduce((left, right) => (news(right) > news(left) ? right : left));
    for (const pair of pairsOf(best)) wanted.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

function everyPoint(): Point[] {
  const { services, isolation, environments, runtime } = DIMENSIONS;
  return services.flatMap((service) =>
    isolation.flatMap((one) =>
      environments.flatMap((listed) =>
        runtime.map((kind) => ({ services: service, isolation: one, environments: listed, runtime: kind })),
      ),
    ),
  );
}

function pairsOf(point: Point): string[] {
  const entries = Object.entries(point);
  return entries.flatMap(([name, value], index) =>
    entries.slice(index + 1).map(([other, second]) => `${name}=${value} ${other}=${second}`),
  );
}
