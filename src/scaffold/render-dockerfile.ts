import type { App, NodePackages } from "./app.js";
import type { Template } from "./template.js";

export type Listening = { port: number; health: string };

/** The Dockerfile of an app; null when it has its own, or when nothing says how it starts. */
export function renderDockerfile(dockerfiles: Template, app: App, { port, health }: Listening): string | null {
  const { build, start } = app;
  if (build.runtime === "docker") return null;
  const template = dockerfiles[`${build.runtime}.Dockerfile`] ?? "";
  const common = { port: String(port), command: commandText(start ?? []) };
  if (build.runtime === "static") {
    const healthcheck = commandText(["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${port}${health}`]);
    return fill(template, { ...common, healthcheck, ...siteStage(build.webRoot, build.packages) });
  }
  if (start === null) return null;
  if (build.runtime === "node") {
    const { packages } = build;
    const healthcheck = commandText(["node", "-e", nodeProbe(health)]);
    return fill(template, {
      ...common,
      node: packages.node,
      healthcheck,
      install: installLines(packages, packages.build),
      build: buildLines(packages),
    });
  }
  const { from, python } = build.packages;
  const healthcheck = commandText(["python3", "-c", pythonProbe(health)]);
  return fill(template, { ...common, python, healthcheck, install: pipLines(from) });
}

const INSTALL = {
  npm: {
    files: "package*.json .npmrc*",
    all: "npm ci",
    production: "npm ci --omit=dev",
    prune: "npm prune --omit=dev",
  },
  pnpm: {
    files: "package.json pnpm-lock.yaml .npmrc*",
    all: "corepack enable && pnpm install --frozen-lockfile",
    production: "corepack enable && pnpm install --frozen-lockfile --prod",
    prune: "pnpm prune --prod",
  },
  yarn: {
    files: "package.json yarn.lock .yarnrc*",
    all: "corepack enable && yarn install --frozen-lockfile",
    production: "corepack enable && yarn install --frozen-lockfile",
    prune: null,
  },
};

function installLines({ manager, locked, any, hooks }: NodePackages, withTools: boolean): string {
  if (!any) return "";
  const { files, all, production } = INSTALL[manager];
  const command = withTools || hooks ? all : production;
  return [`COPY ${hooks ? "." : files} ./`, `RUN ${locked ? command : command.replace("npm ci", "npm install")}`].join(
    "\n",
  );
}

function buildLines({ manager, any, build, hooks }: NodePackages): string {
  const { prune } = INSTALL[manager];
  const steps = [...(build ? [`${manager} run build`] : []), ...(any && (build || hooks) && prune ? [prune] : [])];
  return steps.length === 0 ? "" : `RUN ${steps.join(" && ")}`;
}

function pipLines(from: string | null): string {
  if (from === null) return "";
  const what = from === "requirements.txt" ? `-r ${from}` : ".";
  const copied = from === "requirements.txt" ? `COPY ${from} ./` : "COPY . .";
  return [copied, `RUN /venv/bin/pip install ${what}`].join("\n");
}

/** The stage that has the finished site, and the folder that it lies in. */
function siteStage(webRoot: string, packages: NodePackages | null): { site: string; from: string } {
  if (packages === null) return { site: `FROM alpine:3.22 AS site\nWORKDIR /site\nCOPY ${webRoot} ./`, from: "/site" };
  const folder = `/app/${webRoot}`;
  const build = ["WORKDIR /app", installLines(packages, true), "COPY . .", `RUN ${packages.manager} run build`];
  const stage = [`FROM node:${packages.node}-slim AS site`, ...build, `WORKDIR ${folder}`];
  return { site: stage.filter(Boolean).join("\n"), from: folder };
}

function nodeProbe(health: string): string {
  const address = `"http://127.0.0.1:" + process.env.PORT + ${JSON.stringify(health)}`;
  return `fetch(${address}).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
}

function pythonProbe(health: string): string {
  const address = `"http://127.0.0.1:" + os.environ["PORT"] + ${JSON.stringify(health)}`;
  return `import os, urllib.request as request; request.urlopen(${address}, timeout=2)`;
}

function commandText(words: string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}

/** A line that holds nothing but an empty value goes. */
function fill(template: string, values: Record<string, string>): string {
  const lines = template.split("\n").flatMap((line) => {
    const alone = /^\{\{(\w+)\}\}$/.exec(line)?.[1];
    if (alone !== undefined && values[alone] === "") return [];
    return [line.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "")];
  });
  return lines.join("\n");
}
