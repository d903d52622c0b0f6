import { describe, expect, it } from "vitest";
import { parseManifest, requireManifest } from "../../src/manifest/parse.js";
import { ManifestError } from "../../src/manifest/problem.js";
import { HEAD, problemsOf, webText } from "./manifests.js";

describe("a text that is no manifest", () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]`;
  const rows: [text: string, problem: string][] = [
    ["", "1:1  the file is empty; `paas init` writes one"],
    ["# only a comment\n", "1:1  the file is empty; `paas init` writes one"],
    ["- web", "1:1  found a list at the top, expected a map"],
    ["shop", '1:1  found "shop" at the top, expected a map'],
    ["a: [", "1:5  Flow sequence in block collection must be sufficiently indented and end with a ]"],
    ["a: 1\na: 2", "2:1  Map keys must be unique"],
    ["a: 1\n---\na: 2", "2:1  a second document begins here; the file holds one"],
    ["a: !secret b", "1:4  Unresolved tag: !secret"],
    ["\ta: 1", "1:1  Tabs are not allowed as indentation"],
    ["a: { __proto__: { b: 1 } }", "1:6  __proto__ cannot be a key"],
    ["a: *b", "1:1  anchors and aliases do not resolve: Unresolved alias (the anchor must be set before the alias): b"],
    ["a: &a [*a]", "1:1  anchors and aliases do not resolve: Converting circular structure to JSON"],
    [bomb, "1:1  anchors and aliases do not resolve: Excessive alias count indicates a resource exhaustion attack"],
  ];

  it.each(rows)("%j", (text, problem) => {
    expect(problemsOf(text)).toEqual([`paas.yaml:${problem}`]);
  });
});

describe("a field of a service", () => {
  const size =
    "Container Apps has cpu 0.25 with memory 0.5Gi, 0.5 with 1Gi, and so on in steps of 0.25 up to 4 with 8Gi";
  const folder = "expected a folder inside the repository, like . or services/api";
  const port = "expected a whole number from 1 to 65535: the port that the app listens on";
  const secret = "expected the name of a secret: capital letters, digits and single underscores, like STRIPE_KEY";
  const variable = "expected the name of an environment variable: letters, digits and _, not beginning with a digit";
  const startup = "expected seconds, or a duration like 90s or 5m: how long a new version may take until it is healthy";
  const shell = "but no shell reads this command; put the steps into a script and name that, or say sh -c '…'";
  const taken = "is set by paas (PORT, HOST and PAAS_* are)";
  const rows: [field: string, problem: string][] = [
    ["port: 0", `port: found 0, ${port}`],
    ["port: 65536", `port: found 65536, ${port}`],
    ["port: 80.5", `port: found 80.5, ${port}`],
    ['port: "80"', `port: found "80", ${port}`],
    ["port: null", `port: found nothing, ${port}`],
    ["path: /srv", `path: found "/srv", an absolute path; ${folder}`],
    ["path: ~/x", `path: found "~/x", an absolute path; ${folder}`],
    ["path: C:/x", `path: found "C:/x", an absolute path; ${folder}`],
    ["path: a\\b", `path: found "a\\\\b"; folders are separated by /`],
    ["path: ..", `path: found "..", which is outside the repository; ${folder}`],
    ["path: a/../../b", `path: found "a/../../b", which is outside the repository; ${folder}`],
    ["path: ./.git/x", `path: .git/x is not committed; ${folder}`],
    ["compute: function", "compute: function is not in this version; use container-app, which runs any image"],
    ["compute: app-service", "compute: app-service is not in this version; use container-app, which runs any image"],
    ["compute: vm", 'compute: found "vm", expected one of container-app, app-service, function: what runs it'],
    ["cpu: 0.3", `cpu: found cpu 0.3 with memory 0.6Gi; ${size}`],
    ["cpu: 4.25", `cpu: found cpu 4.25 with memory 8.5Gi; ${size}`],
    ["cpu: 500m", 'cpu: found "500m", expected vCPU as a number, like 0.5'],
    ["memory: 512Mi", 'memory: found "512Mi", expected memory in Gi, like 1Gi or 0.5Gi'],
    ["memory: 0.4Gi", `memory: found cpu 0.2 with memory 0.4Gi; ${size}`],
    ["cpu: 1, memory: 1Gi", `memory: found cpu 1 with memory 1Gi; ${size}`],
    ["scale: { min: 4, max: 2 }", "scale.min: min 4 is more than max 2"],
    ["scale: { max: 0 }", "scale.max: found 0, expected a whole number from 1 to 300: replicas at most"],
    ["scale: 3", "scale: found 3, expected a map with min and max"],
    [
      "health: healthz",
      'health: found "healthz", expected a path that answers 2xx or 3xx when the app is healthy, beginning with /',
    ],
    ["startup: 0", `startup: found 0, ${startup}`],
    ["startup: 1.5", `startup: found 1.5, ${startup}`],
    ["startup: soon", `startup: found "soon", ${startup}`],
    ["startup: 2h", "startup: found 7200 seconds, expected at most 30m"],
    [
      "internal: yes",
      'internal: found "yes", expected true or false: whether the service stays off the public ingress',
    ],
    ["env: { PORT: 1 }", `env.PORT: PORT ${taken}; \`port\` of the service chooses it`],
    ["env: { HOST: x }", `env.HOST: HOST ${taken}; take another name`],
    ["env: { paas_env: x }", `env.paas_env: paas_env ${taken}; take another name`],
    ["secrets: [PAAS_X]", `secrets[0]: PAAS_X ${taken}; take another name`],
    ["env: { WEB_URL: x }", "env.WEB_URL: WEB_URL is set by paas to the address of service web; take another name"],
    ["env: { 1A: x }", `env.1A: found "1A", ${variable}`],
    ["env: { A: [1] }", "env.A: found a list, expected text, a number, true or false: the value of a variable"],
    ["secrets: [a]", `secrets[0]: found "a", ${secret}`],
    ["secrets: [A__B]", `secrets[0]: found "A__B", ${secret}`],
    ["secrets: A", 'secrets: found "A", expected a list of names of secrets; their values never stand in this file'],
    ["secrets: [A, B, A]", "secrets[2]: A is listed twice"],
    ["env: { A: x }, secrets: [A]", "env.A: A is a secret and a variable; keep it in one of them"],
    ["release: a && b", `release: found &&, ${shell}`],
    ["release: a | b", `release: found |, ${shell}`],
    ["release: echo $HOME", `release: found $, ${shell}`],
    ['release: "a\\nb"', `release: found a line break, ${shell}`],
    ['release: "a \'b"', `release: found an open ', ${shell}`],
    [
      "domain: shop.example.com",
      "domain: own domains are not in this version; use the URL that `paas open` prints, or a CNAME of yours",
    ],
  ];

  it.each(rows)("%s", (field, problem) => {
    const lines = problemsOf(webText(field)).map((line) => line.replace(/^paas\.yaml:5:\d+ {2}services\.web\./, ""));
    expect(lines).toEqual([problem]);
  });
});

describe("a key that nobody knows", () => {
  const UUID = "11111111-2222-4333-8444-555555555555";
  const service =
    "runtime, path, compute, port, internal, cpu, memory, health, startup, secrets, release, domain, scale, env";
  const top = "name, id, location, isolation, services, addons, platform, environments";
  const rows: [text: string, problem: string][] = [
    [webText("prot: 3"), `5:25  services.web.prot: unknown key; did you mean "port"? (allowed: ${service})`],
    [webText("Port: 3"), `5:25  services.web.Port: unknown key; did you mean "port"? (allowed: ${service})`],
    [webText("replicas: 3"), `5:25  services.web.replicas: unknown key; allowed: ${service}`],
    [
      webText("scale: { mni: 1 }"),
      `5:34  services.web.scale.mni: unknown key; did you mean "min"? (allowed: min, max)`,
    ],
    [
      webText("", `platform: { tenant: ${UUID}, subscription: ${UUID}, stateAccount: stone, tiers: { staging: 1 } }`),
      "6:141  platform.tiers.staging: unknown key; allowed: nonprod, prod",
    ],
    [webText("", "enviroments: {}"), `6:1  enviroments: unknown key; did you mean "environments"? (allowed: ${top})`],
    [
      webText("", "environments: { qa: { services: { web: { healt: / } } } }"),
      `6:42  environments.qa.services.web.healt: unknown key; did you mean "health"? (allowed: ${service})`,
    ],
    [
      webText("", "environments: { qa: { name: x } }"),
      "6:23  environments.qa.name: unknown key; allowed: branch, tier, protected, ttl, location, isolation, services, addons",
    ],
  ];

  it.each(rows)("%j", (text, problem) => {
    const order = (line: string) =>
      line.replace(/allowed: (.*?)(\)?)$/, (_, keys: string) => keys.split(", ").sort().join());
    expect(problemsOf(text).map(order)).toEqual([order(`paas.yaml:${problem}`)]);
  });
});

describe("the top of the file", () => {
  const services = "services:\n  web: { runtime: node }\n";
  const rows: [text: string, problem: string][] = [
    [
      `name: Shop\n${HEAD.slice(11)}${services}`,
      '1:7  name: found "Shop", expected the project\'s name: lower-case letters, digits and single dashes, 2 to 20 characters, beginning with a letter',
    ],
    [
      `${HEAD.replace("7kq2", "1kq2")}${services}`,
      '2:5  id: found "1kq2mzt5abcdefghijklmnopqr", expected 26 characters of a-z and 2-7, written once by `paas init` and never changed',
    ],
    [
      `${HEAD.replace("westeurope", "West Europe")}${services}`,
      '3:11  location: found "West Europe", expected an Azure region in its short form, like westeurope',
    ],
    [HEAD, "1:1  services: is missing, expected a map of services, like web: { path: ., runtime: node }"],
    [`${HEAD}services: {}\n`, "4:11  services: found an empty map, expected at least one service"],
    [
      `${HEAD}services:\n`,
      "4:10  services: found nothing, expected a map of services, like web: { path: ., runtime: node }",
    ],
    [
      `${HEAD}services:\n  web: {}\n`,
      "5:8  services.web.runtime: is missing, expected one of node, python, static, docker: how the service is built",
    ],
    [
      `${HEAD}services:\n  Web: { runtime: node }\n`,
      '5:3  services.Web: found "Web", expected a service name: lower-case letters, digits and single dashes, at most 16 characters',
    ],
    [
      `${HEAD}${services}addons: { postgres: {} }`,
      "6:11  addons.postgres: add-ons are not in this version; run the service elsewhere and list its address under secrets, like [DATABASE_URL]",
    ],
    [
      `${HEAD}${services}platform: { tenant: x, subscription: 00000000-0000-4000-8000-000000000001, stateAccount: st1 }`,
      '6:21  platform.tenant: found "x", expected the id of the tenant: a UUID',
    ],
  ];

  it.each(rows)("%#", (text, problem) => {
    expect(problemsOf(text)).toEqual([`paas.yaml:${problem}`]);
  });
});

describe("an overlay", () => {
  const id = "expected an id (1 to 16 of a-z, 0-9 and single dashes, beginning with a letter) or a pattern with *";
  const rows: [environments: string, problem: string][] = [
    ["QA: {}", `17  environments.QA: ${id}`],
    ["a--b: {}", `17  environments.a--b: ${id}`],
    ["con: {}", `17  environments.con: ${id}`],
    ['"A*": {}', `17  environments.A*: ${id}`],
    ["env-alice: {}", "17  environments.env-alice: environments are listed by id: write alice instead of env-alice"],
    ["pr-12: {}", "17  environments.pr-12: previews have no settings of their own; use the pattern pr-*"],
    [
      "alice-2abcdefg: {}",
      "17  environments.alice-2abcdefg: this id is made of a hash; give it a name of its own and the branch it follows",
    ],
    ['"*": { branch: x }', "32  environments.*.branch: a pattern follows no branch; list the environment by its id"],
    ["qa: { branch: a b }", '31  environments.qa.branch: found "a b", which cannot be the branch of an environment'],
    ["qa: { branch: env- }", '31  environments.qa.branch: found "env-", which cannot be the branch of an environment'],
    ["qa: { branch: pr-1 }", '31  environments.qa.branch: found "pr-1", which cannot be the branch of an environment'],
    [
      "qa: { branch: x }, qb: { branch: x }",
      "50  environments.qb.branch: branch x is already followed by environment qa",
    ],
    [
      "qa: { branch: qa, ttl: 3d }",
      "40  environments.qa.ttl: a protected environment does not expire; say protected: false beside it, or ttl: never",
    ],
    [
      '"*": { ttl: 3 }',
      "29  environments.*.ttl: found 3, expected a duration like 12h or 7d, or never: how long the environment lives after its last deployment",
    ],
    [
      "qa: { tier: test }",
      '29  environments.qa.tier: found "test", expected one of nonprod, prod: which platform it is on',
    ],
    ["qa:", "21  environments.qa: found nothing, expected a map of what is different in this environment"],
  ];

  it.each(rows)("%s", (environments, problem) => {
    expect(problemsOf(webText("", `environments: { ${environments} }`))).toEqual([`paas.yaml:6:${problem}`]);
  });

  it("is judged together with what it changes, at the place that it was changed", () => {
    const text = webText(
      "memory: 1Gi, scale: { max: 2 }, secrets: [A]",
      `environments:
  "*": { services: { web: { cpu: 1 } } }
  qa: { services: { web: { scale: { min: 5 } } } }
  qb: { services: { web: null } }
  qc: { services: { api: { port: 1 } } }
  qd: { services: { web: { runtime: null } } }
  qe: { services: { web: { env: { A: x } } } }
  qf: { location: northeurope }
  qg: { location: northeurope, isolation: dedicated }
`,
    );
    expect(problemsOf(text).map((line) => line.replace(/[;,].*/, ""))).toEqual([
      "paas.yaml:7:34  environments.*.services.web.cpu: found cpu 1 with memory 1Gi",
      "paas.yaml:8:42  environments.qa.services.web.scale.min: min 5 is more than max 2",
      "paas.yaml:9:19  environments.qb.services: found an empty map",
      "paas.yaml:10:26  environments.qc.services.api.runtime: is missing",
      "paas.yaml:11:37  environments.qd.services.web.runtime: is missing",
      "paas.yaml:12:35  environments.qe.services.web.env.A: A is a secret and a variable",
      "paas.yaml:13:19  environments.qf.location: northeurope is not where the platform is (westeurope)",
    ]);
  });

  it("does not repeat a problem of the base for every environment", () => {
    expect(problemsOf(webText("port: x, cpu: 9", "environments: { qa: {}, qb: {} }"))).toHaveLength(2);
  });
});

describe("all problems at once", () => {
  const text = `name: Shop
id: abc
servics: 3
services:
  web:
    prot: 3
    runtime: nodejs
    release: a && b
    scale: { min: 5, max: 2 }
environments:
  qa: { ttl: 3x, branch: a..b }
`;

  it("come in the file's order", () => {
    expect(problemsOf(text).map((line) => /:(\d+):/.exec(line)?.[1])).toEqual([..."1123678", "9", "11", "11"]);
  });

  it("are one error of exit code 2, and data", () => {
    const error = (() => {
      try {
        return requireManifest(text, "paas.yaml");
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ManifestError);
    expect(error).toMatchObject({
      code: "manifest-invalid",
      message: "paas.yaml has 10 problems",
      exit: 2,
      problems: expect.arrayContaining([
        {
          file: "paas.yaml",
          line: 6,
          column: 5,
          path: "services.web.prot",
          message: expect.stringContaining('did you mean "port"?'),
        },
      ]),
    });
  });

  it("show control characters as escapes and cut what is long", () => {
    const [line = ""] = problemsOf(webText(`path: "/\\e[31m${"x".repeat(200)}"`));
    expect(line).toContain('"/\\u001b[31mxxx');
    expect(line).toContain('…", an absolute path');
    expect(line.length).toBeLessThan(200);
  });
});

it("accepts anchors and aliases, and places problems where they are written", () => {
  const text = `${HEAD}services:
  web: &web { runtime: node, port: 3000 }
  api: { runtime: node, env: &env { A: 1.10 } }
  job: { runtime: node, env: *env, prot: 1 }
  all: *web
`;
  expect(problemsOf(text).map((line) => line.split(";")[0])).toEqual([
    "paas.yaml:7:36  services.job.prot: unknown key",
  ]);
  const parsed = parseManifest(text.replace(", prot: 1", ""), "paas.yaml");
  expect("manifest" in parsed && parsed.manifest.services.map(({ env, port }) => [env.A, port])).toEqual([
    [undefined, 3000],
    ["1.10", 8080],
    ["1.10", 8080],
    [undefined, 3000],
  ]);
});

it("places a problem of an alias where its anchor is written", () => {
  const text = `${HEAD}services:
  web: &web { runtime: node, port: 99999 }
  api: *web
`;
  expect(problemsOf(text).map((line) => line.split(":").slice(0, 4).join(":"))).toEqual([
    "paas.yaml:5:36  services.web.port: found 99999, expected a whole number from 1 to 65535",
    "paas.yaml:5:36  services.api.port: found 99999, expected a whole number from 1 to 65535",
  ]);
});
