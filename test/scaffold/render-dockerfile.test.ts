import { expect, test } from "vitest";
import { isGenerated } from "../../src/manifest/conventions.js";
import { describeApp } from "../../src/scaffold/detect.js";
import { describeDockerfile } from "../../src/scaffold/dockerfile.js";
import { renderDockerfile } from "../../src/scaffold/render-dockerfile.js";
import { readTemplates } from "../../src/scaffold/templates.js";
import { listing, packageJson } from "./files.js";

const { dockerfiles } = readTemplates();
const DEPENDS = { dependencies: { express: "5" } };
const START = { scripts: { start: "node server.js" } };
const BUILT = { scripts: { start: "node server.js", build: "tsc" }, ...DEPENDS };

type Row = [name: string, runtime: "node" | "python" | "static", files: Record<string, string>];
const ROWS: Row[] = [
  ["node-without-packages", "node", { "package.json": packageJson(START) }],
  ["node-npm", "node", { "package.json": packageJson({ ...START, ...DEPENDS }), "package-lock.json": "{}" }],
  ["node-npm-unlocked", "node", { "package.json": packageJson({ ...START, ...DEPENDS }) }],
  ["node-pnpm-build", "node", { "package.json": packageJson(BUILT), "pnpm-lock.yaml": "" }],
  ["node-yarn-build", "node", { "package.json": packageJson(BUILT), "yarn.lock": "" }],
  [
    "node-hooks",
    "node",
    {
      "package.json": packageJson({
        scripts: { start: "node a.js", prepare: "husky" },
        devDependencies: { husky: "9" },
      }),
      "package-lock.json": "{}",
    },
  ],
  ["python-without-packages", "python", { "main.py": "HTTPServer()" }],
  ["python-pip", "python", { "requirements.txt": "flask\ngunicorn", "app.py": "app = Flask()" }],
  ["python-project", "python", { "pyproject.toml": "", "main.py": "" }],
  ["static-files", "static", { "public/index.html": "" }],
  [
    "static-generated",
    "static",
    { "package.json": packageJson({ scripts: { build: "vite build" }, devDependencies: { vite: "7" } }) },
  ],
];

test.each(ROWS)("%s", async (name, runtime, files) => {
  const app = describeApp(listing(files), ".", runtime);
  const text = renderDockerfile(dockerfiles, app, { port: 3000, health: "/up" }) ?? "";
  await expect(text).toMatchFileSnapshot(`golden/${name}.Dockerfile`);

  expect(isGenerated(text)).toBe(true);
  expect(text).not.toMatch(/\{\{/);
  expect(text.match(/^FROM /gm)?.length).toBeGreaterThan(1);
  expect(text).toMatch(runtime === "static" ? /nginx-unprivileged/ : /^USER \w+$/m);
  expect(text).toMatch(/^HEALTHCHECK .*\/up/m);
  // What is written is what would be read.
  expect(describeDockerfile(text).port).toBe(3000);
  if (app.start) expect(describeDockerfile(text).command).toEqual(app.start);
});

test("what cannot be started gets none", () => {
  const app = describeApp(listing({}), ".", "node");
  expect(renderDockerfile(dockerfiles, app, { port: 1, health: "/" })).toBeNull();
});

test("a health path cannot end the probe's program", () => {
  const app = describeApp(listing({ "package.json": packageJson(START) }), ".", "node");
  const text = renderDockerfile(dockerfiles, app, { port: 1, health: `/"),process.exit(0);("` }) ?? "";
  const probe = JSON.parse(/^HEALTHCHECK .* CMD (\[.*\])$/m.exec(text)?.[1] ?? "[]") as string[];
  const asked: string[] = [];
  const fetch = (url: string) => {
    asked.push(url);
    return new Promise(() => {});
  };
  new Function("fetch", "process", probe[2] ?? "")(fetch, { env: { PORT: "1" } });
  expect(asked).toEqual([`http://127.0.0.1:1/"),process.exit(0);("`]);
});
