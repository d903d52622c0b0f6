import { type App, DEFAULT_HEALTH, DEFAULT_PORT, type PythonPackages } from "./app.js";
import { healthInSource, portInSource } from "./clues.js";
import { join, type Listing } from "./listing.js";

/** Python that an app gets which asks for none. */
const PYTHON = "3.13";
const ENTRIES = ["main.py", "app.py", "server.py", "wsgi.py", "app/main.py", "src/main.py", "app/__init__.py"];

type Requirements = Map<string, string>;
/** A web app: `main:app`, and what speaks to it. */
type WebApp = { module: string; framework: "flask" | "fastapi" | "django" | null };

/** The Python app in a folder. */
export function describePython(files: Listing, folder: string): App {
  const packages = pythonPackages(files, folder);
  const required = requirementsOf(files, folder, packages);
  const entry = ENTRIES.map((name) => join(folder, name)).find((file) => files.has(file)) ?? null;
  const web = webAppOf(files, folder, entry);
  const { start, warnings } = startOf(folder, entry, web, required);

  const source = portInSource(files, entry);
  const health = healthInSource(files, entry);
  const usual = web.framework === "flask" ? 5000 : web.framework === null ? null : 8000;
  const port = source?.value ?? usual ?? DEFAULT_PORT;
  const listensItself = start?.[0] === "python3" && web.framework === null;
  return {
    runtime: "python",
    runnable: start !== null && (packages.from !== null || web.framework !== null || listens(files, entry)),
    start,
    port,
    health: health?.value ?? DEFAULT_HEALTH,
    build: { runtime: "python", packages },
    evidence: [
      sourceEvidence(folder, packages, required, web, entry),
      source
        ? `port ${port} from ${source.file}: ${source.shown}`
        : `port ${port}, ${usual === null ? "by default" : `as ${web.framework} has it`}`,
      health ? `health ${health.value} from ${health.file}` : `health ${DEFAULT_HEALTH} by default`,
    ],
    warnings: [
      ...warnings,
      ...(source?.fixed && listensItself
        ? [`${source.file} listens on ${source.value} whatever it is told: let it read os.environ["PORT"]`]
        : []),
      ...(packages.from === "pyproject.toml"
        ? [`the local cloud installs requirements.txt only, and ${folder === "." ? "there" : folder} is none: add one`]
        : []),
    ],
  };
}

function startOf(
  folder: string,
  entry: string | null,
  { module, framework }: WebApp,
  required: Requirements,
): { start: string[] | null; warnings: string[] } {
  const shell = (line: string) => ["sh", "-c", `exec ${line}`];
  const development = (server: string) => [
    `${framework}'s own server is for development: add ${server} to the requirements`,
  ];
  if (framework === "django" && !required.has("gunicorn")) {
    return { start: shell('python3 manage.py runserver --noreload "$HOST:$PORT"'), warnings: development("gunicorn") };
  }
  if (framework !== null && framework !== "fastapi" && required.has("gunicorn")) {
    return { start: shell(`gunicorn --bind "$HOST:$PORT" ${module}`), warnings: [] };
  }
  if (framework === "fastapi") {
    const warnings =
      required.has("uvicorn") || /fastapi\[/.test(required.get("fastapi") ?? "")
        ? []
        : ["add uvicorn to the requirements: it serves the app"];
    return { start: shell(`uvicorn ${module} --host "$HOST" --port "$PORT"`), warnings };
  }
  if (framework === "flask") {
    return {
      start: shell(`python3 -m flask --app ${module} run --host "$HOST" --port "$PORT"`),
      warnings: development("gunicorn"),
    };
  }
  const file = entry === null ? null : entry.slice(folder === "." ? 0 : folder.length + 1);
  return { start: file === null ? null : ["python3", file], warnings: [] };
}

function webAppOf(files: Listing, folder: string, entry: string | null): WebApp {
  if (files.has(join(folder, "manage.py"))) {
    const prefix = folder === "." ? "" : `${folder}/`;
    const wsgi = files.paths.find(
      (file) => file.startsWith(prefix) && /^\w+\/wsgi\.py$/.test(file.slice(prefix.length)),
    );
    if (wsgi) return { module: `${wsgi.slice(prefix.length).split("/")[0]}.wsgi`, framework: "django" };
  }
  const code = entry === null ? "" : (files.text(entry) ?? "");
  const [, variable, kind] =
    /^(\w+)(?:\s*:\s*\w+)?\s*=\s*(?:\w+\.)?(Flask|FastAPI|Starlette|Quart)\(/m.exec(code) ?? [];
  if (entry === null || variable === undefined) return { module: "", framework: null };
  const path = entry.slice(folder === "." ? 0 : folder.length + 1).replace(/\.py$/, "");
  const module = path.replace(/\/__init__$/, "").replaceAll("/", ".");
  return { module: `${module}:${variable}`, framework: kind === "Flask" ? "flask" : "fastapi" };
}

function listens(files: Listing, entry: string | null): boolean {
  return entry !== null && /HTTPServer|socketserver|\.run\(|web\.run_app/.test(files.text(entry) ?? "");
}

function pythonPackages(files: Listing, folder: string): PythonPackages {
  const from = (["requirements.txt", "pyproject.toml"] as const).find((name) => files.has(join(folder, name))) ?? null;
  const project = files.text(join(folder, "pyproject.toml")) ?? "";
  const pinned =
    files.text(join(folder, ".python-version")) ?? /^requires-python\s*=\s*"(?:==|~=)([^"]*)"/m.exec(project)?.[1];
  return { from, python: /3\.\d+/.exec(pinned ?? "")?.[0] ?? PYTHON };
}

/** Names in lower case, each with its line; PEP 508 without the rest of PEP 508. */
function requirementsOf(files: Listing, folder: string, { from }: PythonPackages): Requirements {
  const text = from === null ? "" : (files.text(join(folder, from)) ?? "");
  const lines = from === "pyproject.toml" ? projectDependencies(text) : text.split(/\r?\n/);
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const name = /^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1];
      return name === undefined ? [] : [[name.toLowerCase().replaceAll("_", "-"), line.trim().toLowerCase()]];
    }),
  );
}

/** The `dependencies` list of a pyproject.toml; brackets inside quotes are extras, `fastapi[standard]`. */
function projectDependencies(toml: string): string[] {
  const list = /^dependencies\s*=\s*\[((?:"[^"]*"|'[^']*'|[^\]"'])*)\]/m.exec(toml)?.[1] ?? "";
  return [...list.matchAll(/["']([^"']+)["']/g)].map(([, line]) => line ?? "");
}

function sourceEvidence(
  folder: string,
  { from }: PythonPackages,
  required: Requirements,
  { framework }: WebApp,
  entry: string | null,
): string {
  const names = [framework, "gunicorn", "uvicorn"].filter((name) => name !== null && required.has(name));
  const said = from === null ? [] : [`${join(folder, from)}${names.length > 0 ? `: ${names.join(", ")}` : ""}`];
  return [...said, ...(entry === null ? [] : [entry])].join("; ");
}
