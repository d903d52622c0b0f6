import { describe, expect, test } from "vitest";
import { detectServices, isEmpty, suggestProjectName } from "../../src/scaffold/detect.js";
import { listing, packageJson } from "./files.js";

const start = (script: string, more: Record<string, unknown> = {}) =>
  packageJson({ scripts: { start: script }, ...more });
const EXPRESS = { dependencies: { express: "^5.1.0" } };
const SERVER = "require('http').createServer(x).listen(process.env.PORT || 3000)";

/** `web=. node 3000 /healthz node server.js`, one line per service. */
function found(files: Record<string, string>): string[] {
  return detectServices(listing(files)).map(({ name, path, app }) =>
    [`${name}=${path}`, app.runtime, app.port, app.health, ...(app.start ?? [])].join(" "),
  );
}

function warnings(files: Record<string, string>): string[] {
  return detectServices(listing(files)).flatMap(({ app }) => app.warnings);
}

describe("Node", () => {
  test.each<[name: string, files: Record<string, string>, services: string[]]>([
    [
      "start script, port and route in the entry file",
      { "package.json": start("node server.js", EXPRESS), "server.js": `${SERVER}; app.get("/healthz")` },
      ["web=. node 3000 /healthz node server.js"],
    ],
    [
      "TypeScript behind the built file",
      {
        "package.json": start("node dist/main.js"),
        "src/main.ts": "app.listen(process.env.PORT ?? 4321)",
      },
      ["web=. node 4321 / node dist/main.js"],
    ],
    [
      "the framework's port",
      { "package.json": start("next start", { dependencies: { next: "15" } }) },
      ["web=. node 3000 / npm start"],
    ],
    ["a flag of the start script", { "package.json": start("next start -p 4000") }, ["web=. node 4000 / npm start"]],
    [
      "npm runs what a shell would have to",
      { "package.json": start("node a.js && node b.js") },
      ["web=. node 8080 / npm start"],
    ],
    [
      "npm runs a prestart script",
      { "package.json": packageJson({ scripts: { prestart: "x", start: "node a.js" } }) },
      ["web=. node 8080 / npm start"],
    ],
    [
      "server.js without a start script",
      { "package.json": "{}", "server.js": SERVER },
      ["web=. node 3000 / node server.js"],
    ],
    [
      "main without a start script",
      { "package.json": packageJson({ main: "lib/x.js" }), "lib/x.js": SERVER },
      ["web=. node 3000 / node lib/x.js"],
    ],
    ["a library is no service", { "package.json": packageJson({ main: "index.js" }), "index.js": "export {}" }, []],
    ["broken JSON says nothing", { "package.json": "{" }, []],
    [
      "fields of wrong types say nothing",
      { "package.json": packageJson({ scripts: [1], main: 7, dependencies: "x" }) },
      [],
    ],
  ])("%s", (_, files, services) => expect(found(files)).toEqual(services));

  test("an app that does not read PORT is warned about", () => {
    const files = { "package.json": start("node server.js"), "server.js": "app.listen(3000)" };
    expect(warnings(files)).toEqual(["server.js listens on 3000 whatever it is told: let it read process.env.PORT"]);
    expect(warnings({ ...files, "server.js": SERVER })).toEqual([]);
  });
});

describe("Python", () => {
  const flask = 'app = Flask(__name__)\n@app.get("/health")';
  test.each<[name: string, files: Record<string, string>, services: string[]]>([
    [
      "Flask behind gunicorn",
      { "requirements.txt": "Flask==3.0\ngunicorn", "app.py": flask },
      ['web=. python 5000 /health sh -c exec gunicorn --bind "$HOST:$PORT" app:app'],
    ],
    [
      "Flask alone",
      { "requirements.txt": "flask", "main.py": "web = Flask(__name__)" },
      ['web=. python 5000 / sh -c exec python3 -m flask --app main:web run --host "$HOST" --port "$PORT"'],
    ],
    [
      "FastAPI in a package",
      { "requirements.txt": "fastapi[standard]", "app/main.py": "app: FastAPI = FastAPI()" },
      ['web=. python 8000 / sh -c exec uvicorn app.main:app --host "$HOST" --port "$PORT"'],
    ],
    [
      "Django",
      { "requirements.txt": "Django\ngunicorn", "manage.py": "", "shop/wsgi.py": "" },
      ['web=. python 8000 / sh -c exec gunicorn --bind "$HOST:$PORT" shop.wsgi'],
    ],
    [
      "the standard library",
      { "main.py": 'HTTPServer((HOST, int(os.environ.get("PORT", 9000))), Handler)' },
      ["web=. python 9000 / python3 main.py"],
    ],
    ["a script is no service", { "main.py": "print(1)" }, []],
  ])("%s", (_, files, services) => expect(found(files)).toEqual(services));

  test("what nothing serves is warned about", () => {
    const app = { "main.py": "app = FastAPI()" };
    expect(warnings({ ...app, "requirements.txt": "fastapi" })).toEqual([
      "nothing serves the app: add uvicorn to the requirements",
    ]);
    expect(warnings({ ...app, "requirements.txt": "fastapi\nuvicorn" })).toEqual([]);
  });

  test("requirements of pyproject.toml are read, extras too", () => {
    const project = '[project]\ndependencies = [\n  "fastapi[standard]>=0.1",\n  "x",\n]\n';
    expect(warnings({ "main.py": "app = FastAPI()", "pyproject.toml": project })).toEqual([
      "the local cloud installs requirements.txt and no pyproject.toml: add one in .",
    ]);
  });
});

describe("static sites", () => {
  test.each<[name: string, files: Record<string, string>, services: string[]]>([
    ["finished files", { "index.html": "" }, ["web=. static 8080 /"]],
    ["finished files in a folder", { "public/index.html": "" }, ["web=. static 8080 /"]],
    [
      "files that a generator makes",
      {
        "index.html": "",
        "package.json": packageJson({
          scripts: { start: "vite", build: "vite build" },
          devDependencies: { vite: "7" },
        }),
      },
      ["web=. static 8080 /"],
    ],
  ])("%s", (_, files, services) => expect(found(files)).toEqual(services));
});

describe("Dockerfile", () => {
  const own = "FROM python\nEXPOSE 9000\nHEALTHCHECK CMD curl http://localhost:9000/up\n";
  const node = { "package.json": start("node server.js"), "server.js": SERVER };
  test.each<[name: string, files: Record<string, string>, services: string[]]>([
    ["a foreign one decides", { ...node, Dockerfile: own }, ["web=. docker 9000 /up"]],
    ["ours does not", { ...node, Dockerfile: `# written by paas init\n${own}` }, ["web=. node 3000 / node server.js"]],
    ["what it leaves open, the app says", { ...node, Dockerfile: "FROM node" }, ["web=. docker 3000 /"]],
  ])("%s", (_, files, services) => expect(found(files)).toEqual(services));
});

describe("monorepo", () => {
  test.each<[name: string, files: Record<string, string>, services: string[]]>([
    [
      "workspaces that can be started, however deep",
      {
        "package.json": packageJson({
          workspaces: ["packages/*", "services/shop/*"],
          scripts: { start: "turbo start" },
        }),
        "packages/ui/package.json": packageJson({ name: "ui" }),
        "packages/web/package.json": start("node server.js"),
        "services/shop/api/package.json": start("node server.js"),
        "tools/deep/er/package.json": start("node x.js"),
      },
      ["web=packages/web node 8080 / node server.js", "api=services/shop/api node 8080 / node server.js"],
    ],
    [
      "workspaces of pnpm",
      {
        "package.json": "{}",
        "pnpm-workspace.yaml": "packages:\n  - 'a/b/*'\n",
        "a/b/c/package.json": start("node x.js"),
      },
      ["c=a/b/c node 8080 / node x.js"],
    ],
    [
      "folders, two levels deep",
      { "site/x": "", "web/index.html": "", "services/api/requirements.txt": "", "services/api/main.py": "" },
      ["api=services/api python 8080 / python3 main.py", "web=web static 8080 /"],
    ],
    [
      "two folders of one name",
      { "a/web/index.html": "", "b/web/index.html": "" },
      ["web=a/web static 8080 /", "web-2=b/web static 8080 /"],
    ],
    [
      "an app at the top is the only one",
      { "package.json": start("node x.js"), "client/index.html": "" },
      ["web=. node 8080 / node x.js"],
    ],
    [
      "what is inside an app belongs to it",
      { "web/package.json": start("node x.js"), "web/admin/index.html": "" },
      ["web=web node 8080 / node x.js"],
    ],
    [
      "tests, docs, examples and our own infra hold none",
      {
        "test/app/index.html": "",
        "docs/index.html": "",
        "examples/a/index.html": "",
        "infra/cdktf.json": "",
        "infra/package.json": start("node x.js"),
      },
      [],
    ],
    ["a folder that paas.yaml could not name", { "a\u0007b/index.html": "" }, []],
  ])("%s", (_, files, services) => expect(found(files)).toEqual(services));

  test("a package beside the service is out of its reach", () => {
    expect(
      warnings({
        "package.json": packageJson({ workspaces: ["*"] }),
        "ui/package.json": packageJson({ name: "@acme/ui" }),
        "web/package.json": start("node x.js", { dependencies: { "@acme/ui": "*" } }),
      }),
    ).toEqual(["web needs @acme/ui from ui, but is built from its own folder: bundle it, or publish @acme/ui"]);
  });
});

test("empty is what every new repository has", () => {
  expect(isEmpty(listing({ "README.md": "", LICENSE: "", ".gitignore": "" }))).toBe(true);
  expect(isEmpty(listing({ "README.md": "", "main.go": "" }))).toBe(false);
});

test("the project is named by its package, else by its folder", () => {
  expect(suggestProjectName(listing({ "package.json": packageJson({ name: "@acme/shop" }) }), "folder")).toBe("shop");
  expect(suggestProjectName(listing({}), "My Folder")).toBe("my-folder");
});
