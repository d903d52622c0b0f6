import { EXIT, PaasError } from "../errors.js";

/** Keys and indexes from the top of a document. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a manifest. Line and column count from 1. */
export type Problem = { file: string; line: number; column: number; path: string; message: string };

/** `services.web.secrets[0]`; the empty path is "". */
export function pathText(path: Path): string {
  const steps = path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`));
  return steps.join("");
}

/** `paas.yaml:12:5  services.web.prot: unknown key; did you mean "port"?` */
export function problemLine(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  return problem.path === "" ? `${place}  ${problem.message}` : `${place}  ${problem.path}: ${problem.message}`;
}

/** All problems of a manifest as one error, exit 2; `problems` keeps them as data. */
export class ManifestError extends PaasError {
  readonly problems: Problem[];

  constructor(file: string, problems: Problem[]) {
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    super("manifest-invalid", `${file} has ${count}`, {
      details: problems.map(problemLine),
      next: "correct the lines above, then `paas validate`",
      exit: EXIT.usage,
    });
    this.name = "ManifestError";
    this.problems = problems;
  }
}

/** A value as an error message shows it: short, on one line, without control characters. */
export function shown(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty map" : "a map";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 56)}…${typeof value === "string" ? '"' : ""}` : text;
}
