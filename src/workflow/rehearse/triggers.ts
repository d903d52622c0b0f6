import type { DispatchRequest, GithubEvent } from "./event.js";
import { matchesList } from "./filters.js";
import { isObject, type Json, type JsonObject, listOf, objectOf, textsOf } from "./json.js";
import type { Workflow } from "./workflow-file.js";

/** Whether an event starts a workflow, with the reason, and the inputs of a dispatched one. */
export type Start = { starts: boolean; why: string; inputs: JsonObject; cron: string | null };

const yes = (why: string, more: Partial<Start> = {}): Start => ({ starts: true, why, inputs: {}, cron: null, ...more });
const no = (why: string): Start => ({ starts: false, why, inputs: {}, cron: null });

const ACTIVITIES_UNTOLD = ["opened", "synchronize", "reopened"];
const SKIP = /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|\n\n(?:.*\n)*skip-checks: *true/;

export function decideStart(workflow: Workflow, event: GithubEvent): Start {
  if (!(event.name in workflow.on)) return no(`it is not on: ${event.name}`);
  const filters = objectOf(workflow.on[event.name]);
  if (event.byToken && event.name !== "workflow_dispatch") return no("what GITHUB_TOKEN does starts no workflow");
  switch (event.name) {
    case "push":
      return decidePush(filters, event);
    case "pull_request":
      return decidePullRequest(filters, event);
    case "schedule":
      return decideSchedule(workflow.on.schedule, event.cron);
    case "workflow_dispatch":
      return decideDispatch(workflow, event.dispatch);
    case "delete":
      return yes("every deleted branch or tag starts it");
  }
}

function decidePush(filters: JsonObject, event: GithubEvent): Start {
  if (event.payload.deleted === true) return no("a push that deletes starts no workflow");
  if (SKIP.test(event.commitMessage)) return no("the commit message says to skip workflows");
  const { branches, tags } = filters;
  const ignored = filters["branches-ignore"];
  if (branches === undefined && ignored === undefined && (tags ?? filters["tags-ignore"]) !== undefined) {
    return no("it filters tags only, and this is a branch");
  }
  return filtered(filters, event.refName, event.changedFiles);
}

function decidePullRequest(filters: JsonObject, event: GithubEvent): Start {
  const activities = filters.types === undefined ? ACTIVITIES_UNTOLD : textsOf(filters.types);
  if (!activities.includes(event.action ?? ""))
    return no(`${event.action} is not among types: ${activities.join(", ")}`);
  if (SKIP.test(event.commitMessage)) return no("the commit message says to skip workflows");
  return filtered(filters, event.baseRef ?? "", event.changedFiles);
}

function filtered(filters: JsonObject, branch: string, changedFiles: string[] | null): Start {
  const { branches, paths } = filters;
  const ignored = filters["branches-ignore"];
  const ignoredPaths = filters["paths-ignore"];
  if (branches !== undefined && !matchesList(textsOf(branches), branch)) return no(`${branch} is not among branches`);
  if (ignored !== undefined && matchesList(textsOf(ignored), branch)) return no(`${branch} is in branches-ignore`);
  if (changedFiles !== null && (paths ?? ignoredPaths) !== undefined) {
    if (changedFiles.length === 0) return no("no file is changed, and it filters paths");
    if (paths !== undefined && !changedFiles.some((file) => matchesList(textsOf(paths), file))) {
      return no("no changed file is among paths");
    }
    if (ignoredPaths !== undefined && changedFiles.every((file) => matchesList(textsOf(ignoredPaths), file))) {
      return no("every changed file is in paths-ignore");
    }
  }
  return yes(branches === undefined ? `${branch} passes` : `${branch} is among branches`);
}

function decideSchedule(timetable: Json | undefined, asked: string | null): Start {
  const lines = listOf(timetable).map((line) => String(objectOf(line).cron));
  const cron = asked === null ? lines[0] : lines.find((line) => line === asked);
  if (cron === undefined) return no(`no line of its timetable is "${asked}": ${lines.join(", ")}`);
  return yes(`its time has come: "${cron}"`, { cron });
}

function decideDispatch(workflow: Workflow, request: DispatchRequest | null): Start {
  const file = workflow.path.split("/").at(-1);
  if (request?.workflow !== undefined && request.workflow !== file) return no(`${request.workflow} was dispatched`);
  const result = inputsOf(declaredInputs(workflow), request ?? { kind: "dispatch", words: [], inputs: {} });
  return "problem" in result ? no(result.problem) : yes("it was dispatched", { inputs: result.inputs });
}

function declaredInputs(workflow: Workflow): [name: string, declaration: JsonObject][] {
  const declared = objectOf(objectOf(workflow.on.workflow_dispatch).inputs);
  return Object.entries(declared).map(([name, declaration]) => [name, objectOf(declaration)]);
}

/** Values for the declared inputs with GitHub's types, or what GitHub would answer. */
function inputsOf(
  declared: [name: string, declaration: JsonObject][],
  { words, inputs }: DispatchRequest,
): { inputs: JsonObject } | { problem: string } {
  const names = declared.map(([name]) => name);
  const unknown = Object.keys(inputs).find((name) => !names.includes(name));
  if (unknown !== undefined) return { problem: `it has no input ${unknown}` };
  if (words.length > names.length) return { problem: `it takes ${names.length} inputs, ${words.length} are given` };
  const given = { ...Object.fromEntries(words.map((word, index) => [names[index] ?? "", word])), ...inputs };
  const values: JsonObject = {};
  for (const [name, declaration] of declared) {
    const value = given[name] ?? declaration.default;
    const problem = problemOfInput(name, declaration, value);
    if (problem !== null) return { problem };
    values[name] = typed(declaration, value);
  }
  return { inputs: values };
}

function problemOfInput(name: string, declaration: JsonObject, value: Json | undefined): string | null {
  if (value === undefined || value === null || value === "") {
    return declaration.required === true ? `its input ${name} is required` : null;
  }
  const options = textsOf(declaration.options);
  if (declaration.type === "choice" && !options.includes(String(value))) {
    return `its input ${name} is one of ${options.join(", ")}, not ${String(value)}`;
  }
  return null;
}

function typed(declaration: JsonObject, value: Json | undefined): Json {
  const text = value === undefined || value === null || isObject(value) ? "" : String(value);
  if (declaration.type === "boolean") return text === "true";
  return declaration.type === "number" && text !== "" ? Number(text) : text;
}
