import type { BootstrapPlan, Place, Principal, Step } from "./step.js";

/** Whether a step's work is done already. */
export type Look = { step: Step; there: boolean };

/** One line of the picture: a heading has no mark, what belongs to the line above has an empty one. */
export type PictureLine = { mark: "+" | "=" | " " | null; text: string };

/**
 * The plan for people: what will be made, granted and registered, by the place that it happens in. `+` is to be made,
 * `=` is there already.
 */
export function pictureOf(looks: Look[]): PictureLine[] {
  const places = [...new Set(looks.map(({ step }) => headingOf(step.place)))];
  return places.flatMap((heading) => {
    const rows = rowsOf(looks.filter(({ step }) => headingOf(step.place) === heading));
    const widths = [0, 1].map((column) => Math.max(...rows.map(({ cells }) => cells[column]?.length ?? 0)));
    const lines = rows.flatMap(({ there, cells: [what, name, why], more }): PictureLine[] => [
      {
        mark: there ? "=" : "+",
        text: `${what.padEnd(widths[0] ?? 0)}  ${name.padEnd(widths[1] ?? 0)}  ${why}`.trimEnd(),
      },
      ...more.map((text) => ({ mark: " " as const, text: `  ${text}` })),
    ]);
    return [{ mark: null, text: heading }, ...lines];
  });
}

type Row = { there: boolean; cells: [what: string, name: string, why: string]; more: string[] };

/** A row per step, but the variables of one environment on one. */
function rowsOf(looks: Look[]): Row[] {
  const variables = new Map<string, Row>();
  return looks.flatMap(({ step, there }): Row[] => {
    const more = step.kind === "roleDefinition" ? step.role.actions : [];
    if (step.kind !== "variable") return [{ there, cells: cellsOf(step), more }];
    const known = variables.get(step.environment);
    if (known) {
      known.there &&= there;
      known.cells[2] += `, ${step.name}`;
      return [];
    }
    const row: Row = { there, cells: ["variables", step.environment, step.name], more };
    variables.set(step.environment, row);
    return [row];
  });
}

/** What a step is called while it runs. */
export function labelOf(step: Step): string {
  const [what, name] = cellsOf(step);
  if (step.kind === "role") return `${name} for ${principalName(step.principal)}`;
  if (step.kind === "variable") return `${step.name} of ${step.environment}`;
  return step.kind === "stack" || step.kind === "manifest" ? name : `${what} ${name}`;
}

/** The steps for programs. */
export function documentOf({ steps }: BootstrapPlan, looks: Look[]): Record<string, unknown>[] {
  return steps.map((step) => {
    const { kind, name, scope, why } = step;
    const there = looks.find((look) => look.step === step)?.there ?? false;
    return { kind, name, scope, why, there, ...detailsOf(step) };
  });
}

function detailsOf(step: Step): Record<string, unknown> {
  if (step.kind === "role") return { role: step.role, principal: step.principal };
  if (step.kind === "roleDefinition") return { actions: step.role.actions };
  if (step.kind === "federation") return { issuer: step.issuer, subject: step.subject };
  if (step.kind === "githubEnvironment") return { refs: step.refs };
  if (step.kind === "variable") return { environment: step.environment };
  if (step.kind === "stack") return { resources: step.resources };
  return {};
}

function headingOf(place: Place): string {
  if (place.kind === "subscription") return `subscription ${place.id}`;
  if (place.kind === "group") return `resource group ${place.name}`;
  if (place.kind === "github") return `GitHub ${place.repository}`;
  return place.name;
}

function cellsOf(step: Step): [what: string, name: string, why: string] {
  switch (step.kind) {
    case "role":
      return ["role", step.name, `${principalName(step.principal)} on ${scopeWords(step.scope)}: ${step.why}`];
    case "federation":
      return ["trust", step.subject, step.why];
    case "variable":
      return ["variable", `${step.name} of ${step.environment}`, ""];
    case "stack":
      return ["stack", step.name, `${step.why}: ${step.resources.join(", ")}`];
    default:
      return [WORDS[step.kind], step.name, step.why];
  }
}

const WORDS: Record<Exclude<Step["kind"], "role" | "federation" | "variable" | "stack">, string> = {
  provider: "register",
  group: "group",
  account: "account",
  protection: "setting",
  expiry: "setting",
  lock: "lock",
  container: "container",
  access: "access",
  registry: "setting",
  identity: "identity",
  roleDefinition: "definition",
  githubEnvironment: "environment",
  manifest: "note",
};

function principalName(principal: Principal): string {
  return principal.name;
}

/** A scope by its last words: whole ids are as long as the screen. */
function scopeWords(scope: string): string {
  const [subscription] = /^\/subscriptions\/[^/]+$/.exec(scope) ?? [];
  return subscription ? "the subscription" : scope.slice(scope.lastIndexOf("/") + 1);
}
