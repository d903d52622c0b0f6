import { type App, DEFAULT_HEALTH, DEFAULT_PORT, type PythonPackages } from "./app.js";
import { healthInSource, portInSource } from "./clues.js";
import { join, type Listing, within } from "./listing.js";
import { pythonPackages, type Requirements, readRequirements } from "./python-requirements.js";

const ENTRIES = ["main.py", "app.py", "server.py", "wsgi.py", "app/main.py", "src/main.py", "app/__init__.py"];
const SERVES = /HTTPServer|socketserver|\.run\(|run_app\(/;

type Server = {
  /** Shell words that serve the app. */
  line: string;
  warning: string | null;
};
type Framework = {
  name: string;
  /** The port that its documentation has. */
  port: number;
  serve(module: string, required: Requirements): Server;
};

const gunicorn = (module: string): Server => ({ line: `gunicorn --bind "$HOST:$PORT" ${module}`, warning: null });
const development = (name: string, line: string): Server => ({
  line,
  warning: `${name}'s own server is for development: add gunicorn to the requirements`,
});

const DJANGO: Framework = {
  name: "django",
  port: 8000,
  serve: (module, required) =>
    required.has("gunicorn")
      ? gunicorn(module)
      : development("Django", 'python3 manage.py runserver --noreload "$HOST:$PORT"'),
};
const FLASK: Framework = {
  name: "flask",
  port: 5000,
  serve: (module, required) =>
    required.has("gunicorn")
      ? gunicorn(module)
      : development("Flask", `python3 -m flask --app ${module} run --host "$HOST" --port "$PORT"`),
};
const ASGI: Framework = {
  name: "fastapi",
  port: 8000,
  serve: (module, required) => ({
    line: `uvicorn ${module} --host "$HOST" --port "$PORT"`,
    warning:
      required.has("uvicorn") || required.get("fastapi")?.startsWith("fastapi[")
        ? null
        : "nothing serves the app: add uvicorn to the requirements",
  }),
};
const BY_CLASS: Record<string, Framework> = { Flask: FLASK, FastAPI: ASGI, Starlette: ASGI, Quart: ASGI };

/** A web app: `main:app`, and what it is made with. */
type WebApp = { module: string; framework: Framework };

/** The Python app in a folder. */
export function describePython(files: Listing, folder: string): App {
  const packages = pythonPackages(files, folder);
  const required = readRequirements(files, folder, packages);
  const entry = ENTRIES.map((name) => join(folder, name)).find((file) => files.has(file)) ?? null;
  const web = djangoApp(files, folder) ?? (entry === null ? null : webAppIn(files, folder, entry));
  const server = web?.framework.serve(web.module, required) ?? null;
  const script = entry === null ? null : ["python3", within(folder, entry)];
  const serves = web !== null || SERVES.test(entry === null ? "" : (files.text(entry) ?? ""));
  const source = portInSource(files, entry);
  const health = healthInSource(files, entry);
  const port = source?.value ?? web?.framework.port ?? DEFAULT_PORT;
  return {
    runtime: "python",
    runnable: serves || (script !== null && packages.from !== null),
    start: server ? ["sh", "-c", `exec ${server.line}`] : script,
    port,
    health: health?.value ?? DEFAULT_HEALTH,
    build: { runtime: "python", packages },
    evidence: [
      sourceEvidence(folder, packages, required, web, entry),
      source
        ? `port ${port} from ${source.file}: ${source.shown}`
        : `port ${port}, ${web ? `as ${web.framework.name} has it` : "by default"}`,
      health ? `health ${health.value} from ${health.file}` : `health ${DEFAULT_HEALTH} by default`,
    ],
    warnings: [
      ...(server?.warning ? [server.warning] : []),
      // A web app's server is told where to listen; only a script of its own can fail to ask.
      ...(source?.fixed && server === null
        ? [`${source.file} listens on ${source.value} whatever it is told: let it read os.environ["PORT"]`]
        : []),
      ...(packages.from === "pyproject.toml"
        ? [`the local cloud installs requirements.txt and no pyproject.toml: add one in ${folder}`]
        : []),
    ],
  };
}

function djangoApp(files: Listing, folder: string): WebApp | null {
  if (!files.has(join(folder, "manage.py"))) return null;
  const inFolder = files.paths.filter((file) => folder === "." || file.startsWith(`${folder}/`));
  const modules = inFolder.map((file) => /^(\w+)\/wsgi\.py$/.exec(within(folder, file))?.[1]);
  const project = modules.find((name) => name !== undefined);
  return project === undefined ? null : { module: `${project}.wsgi`, framework: DJANGO };
}

function webAppIn(files: Listing, folder: string, entry: string): WebApp | null {
  const made = /^(\w+)(?:\s*:\s*\w+)?\s*=\s*(?:\w+\.)?(Flask|FastAPI|Starlette|Quart)\(/m.exec(files.text(entry) ?? "");
  const framework = BY_CLASS[made?.[2] ?? ""];
  if (!made || !framework) return null;
  const module = within(folder, entry)
    .replace(/(?:\/__init__)?\.py$/, "")
    .replaceAll("/", ".");
  return { module: `${module}:${made[1]}`, framework };
}

function sourceEvidence(
  folder: string,
  { from }: PythonPackages,
  required: Requirements,
  web: WebApp | null,
  entry: string | null,
): string {
  const names = [web?.framework.name, "gunicorn", "uvicorn"].filter((name) => name !== undefined && required.has(name));
  const listed = names.length > 0 ? `: ${names.join(", ")}` : "";
  return [...(from === null ? [] : [`${join(folder, from)}${listed}`]), ...(entry === null ? [] : [entry])].join(", ");
}
