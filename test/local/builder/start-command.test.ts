import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recipeFor } from "../../../src/local/builder/recipes.js";
import { startCommand } from "../../../src/local/builder/start-command.js";
import { siteIn } from "../../../src/local/builder/web-root.js";
import type { Runtime } from "../../../src/manifest/manifest.js";
import { writeFiles } from "../runtime/open-runtime.js";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-command-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const json = (content: object) => JSON.stringify(content);
const OURS = "# Written by paas init: change it as you like\nFROM node:22\n";

const STARTS: [what: string, runtime: Runtime, files: Record<string, string>, command: string[] | null][] = [
  [
    "our Dockerfile",
    "node",
    { Dockerfile: `${OURS}CMD ["node", "dist/main.js"]\n`, "server.js": "" },
    ["node", "dist/main.js"],
  ],
  ["the last CMD of our Dockerfile", "node", { Dockerfile: `${OURS}CMD ["a"]\nFROM x\ncmd ["b", "c"]\n` }, ["b", "c"]],
  [
    "a Dockerfile of the user's does not count",
    "node",
    { Dockerfile: 'FROM x\nCMD ["a"]\n', "server.js": "" },
    ["node", "server.js"],
  ],
  [
    "our Dockerfile with a shell CMD does not count",
    "node",
    { Dockerfile: `${OURS}CMD node a.js\n`, "index.js": "" },
    ["node", "index.js"],
  ],
  [
    "a plain start script",
    "node",
    { "package.json": json({ scripts: { start: "node --enable-source-maps ./src/a.js" } }) },
    ["node", "--enable-source-maps", "./src/a.js"],
  ],
  [
    "a start script for the shell",
    "node",
    { "package.json": json({ scripts: { start: "X=1 node a.js" } }) },
    ["npm", "start", "--no-update-notifier"],
  ],
  [
    "a start script with a quote",
    "node",
    { "package.json": json({ scripts: { start: 'node -e "1"' } }) },
    ["npm", "start", "--no-update-notifier"],
  ],
  [
    "a start script with one before it",
    "node",
    { "package.json": json({ scripts: { prestart: "x", start: "node a.js" } }) },
    ["npm", "start", "--no-update-notifier"],
  ],
  [
    "main",
    "node",
    { "package.json": json({ main: "lib/a.js" }), "lib/a.js": "", "server.js": "" },
    ["node", "lib/a.js"],
  ],
  [
    "a main that is not there",
    "node",
    { "package.json": json({ main: "lib/a.js" }), "index.js": "" },
    ["node", "index.js"],
  ],
  ["server.js before index.js", "node", { "server.js": "", "index.js": "" }, ["node", "server.js"]],
  ["nothing", "node", { "readme.md": "" }, null],
  ["main.py before app.py", "python", { "main.py": "", "app.py": "" }, ["python3", "main.py"]],
  ["gunicorn", "python", { "app.py": "", "requirements.txt": "flask\ngunicorn==23.0.0\n" }, ["gunicorn", "app:app"]],
  [
    "uvicorn",
    "python",
    { "main.py": "", "requirements.txt": "uvicorn[standard]\n" },
    ["sh", "-c", 'exec uvicorn main:app --host "$HOST" --port "$PORT"'],
  ],
  ["no Python file", "python", { "readme.md": "" }, null],
  ["a static site", "static", { "index.html": "" }, []],
];

test.each(STARTS)("start: %s", (_what, runtime, files, command) => {
  writeFiles(folder, files);
  expect(startCommand(folder, runtime)).toEqual(command);
});

const FLAGS = ["--no-audit", "--no-fund"];
const some = { a: "1" };
const RECIPES: [what: string, runtime: Runtime, files: Record<string, string>, recipe: string[][]][] = [
  ["no package.json", "node", {}, []],
  ["no dependencies, even with a lock file", "node", { "package.json": "{}", "package-lock.json": "{}" }, []],
  ["dependencies", "node", { "package.json": json({ dependencies: some }) }, [["npm", "install", ...FLAGS]]],
  [
    "locked dependencies",
    "node",
    { "package.json": json({ dependencies: some }), "package-lock.json": "{}" },
    [["npm", "ci", ...FLAGS]],
  ],
  [
    "development dependencies",
    "node",
    { "package.json": json({ devDependencies: some }) },
    [["npm", "install", ...FLAGS]],
  ],
  [
    "dependencies that pnpm has locked",
    "node",
    { "package.json": json({ dependencies: some, scripts: { build: "x" } }), "pnpm-lock.yaml": "" },
    [
      ["pnpm", "install", "--frozen-lockfile"],
      ["pnpm", "run", "build"],
    ],
  ],
  [
    "dependencies that yarn has locked",
    "node",
    { "package.json": json({ dependencies: some }), "yarn.lock": "" },
    [["yarn", "install", "--frozen-lockfile"]],
  ],
  ["workspaces", "node", { "package.json": json({ workspaces: ["a"] }) }, [["npm", "install", ...FLAGS]]],
  [
    "a script of the installation",
    "node",
    { "package.json": json({ scripts: { postinstall: "x" } }) },
    [["npm", "install", ...FLAGS]],
  ],
  ["a build script", "node", { "package.json": json({ scripts: { build: "x" } }) }, [["npm", "run", "build"]]],
  ["empty requirements", "python", { "requirements.txt": "\n# none\n" }, []],
  [
    "requirements",
    "python",
    { "requirements.txt": "flask\n" },
    [
      ["python3", "-m", "venv", ".venv"],
      [".venv/bin/python", "-m", "pip", "install", "--no-input", "-r", "requirements.txt"],
    ],
  ],
  [
    "a Python project",
    "python",
    { "pyproject.toml": '[project]\nname = "a"\n' },
    [
      ["python3", "-m", "venv", ".venv"],
      [".venv/bin/python", "-m", "pip", "install", "--no-input", "."],
    ],
  ],
  ["a pyproject.toml that only configures tools", "python", { "pyproject.toml": "[tool.ruff]\n" }, []],
  ["a finished site", "static", { "package.json": json({ dependencies: some, scripts: { build: "x" } }) }, []],
  [
    "a site that a generator makes",
    "static",
    { "package.json": json({ devDependencies: { vite: "7" }, scripts: { build: "vite build" } }) },
    [
      ["npm", "install", ...FLAGS],
      ["npm", "run", "build"],
    ],
  ],
];

test.each(RECIPES)("recipe: %s", (_what, runtime, files, recipe) => {
  writeFiles(folder, files);
  expect(recipeFor(folder, runtime)).toEqual(recipe);
});

const SITES: [what: string, files: Record<string, string>, site: { build: boolean; webRoot: string }][] = [
  ["an index at the top", { "index.html": "", "public/index.html": "" }, { build: false, webRoot: "." }],
  ["an index in public/", { "public/index.html": "" }, { build: false, webRoot: "public" }],
  ["none", {}, { build: false, webRoot: "." }],
  [
    "a generator",
    { "index.html": "", "package.json": json({ dependencies: { vite: "7" }, scripts: { build: "vite build" } }) },
    { build: true, webRoot: "dist" },
  ],
  [
    "our Dockerfile of a finished site",
    {
      Dockerfile: `${OURS}FROM alpine AS site\nWORKDIR /site\nCOPY docs ./\n\nCOPY --from=site /site /site\n`,
      "index.html": "",
    },
    { build: false, webRoot: "docs" },
  ],
  [
    "our Dockerfile of a site to build",
    { Dockerfile: `${OURS}WORKDIR /app/_site\n\nCOPY --from=site /app/_site /site\n`, "index.html": "" },
    { build: true, webRoot: "_site" },
  ],
];

test.each(SITES)("site: %s", (_what, files, site) => {
  writeFiles(folder, files);
  expect(siteIn(folder)).toEqual(site);
});
