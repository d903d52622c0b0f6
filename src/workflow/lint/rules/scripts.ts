import type { Json } from "../../rehearse/json.js";
import { objectOf } from "../../rehearse/json.js";
import type { Job, Step } from "../../rehearse/workflow-file.js";
import type { Path, Problem } from "../finding.js";
import { jobPath, type Rule, type Subject } from "../rule.js";
import { codeOf, splitsVariable } from "../shell.js";

type Script = { at: Path; text: string; job: Job; step: Step };

/** Every place that a shell or an interpreter reads as code. */
function scriptsOf({ file }: Subject): Script[] {
  return file.workflow.jobs.flatMap((job) =>
    job.steps.flatMap((step, index) => {
      const at = (...rest: string[]) => jobPath(job.id, "steps", index, ...rest);
      const script = objectOf(step.with).script;
      const texts: [Path, Json | undefined][] = [
        [at("run"), step.run],
        [at("with", "script"), script],
        [at("shell"), step.shell],
        [at("working-directory"), step.workingDirectory],
      ];
      return texts.flatMap(([place, text]) => (typeof text === "string" ? [{ at: place, text, job, step }] : []));
    }),
  );
}

function runsOf(subject: Subject): Script[] {
  const runs = scriptsOf(subject).filter(({ at }) => at.at(-1) === "run");
  return runs.map((script) => ({ ...script, text: codeOf(script.text) }));
}

export const injection: Rule = {
  id: "injection",
  why: "GitHub puts the value into the script before the shell reads it: a branch called env-$(curl …) is run.",
  check: (subject) => [
    ...scriptsOf(subject).flatMap(({ at, text }) => {
      if (!text.includes("${{")) return [];
      const places = Math.max(1, subject.file.expressionPlaces(at).length);
      return Array.from(
        { length: places },
        (_, expression): Problem => ({
          at,
          expression,
          message: `there is an expression in ${at.at(-1)}`,
          fix: 'give the value to the step in env and write "$NAME" here',
        }),
      );
    }),
    ...runsOf(subject).flatMap(({ at, text }): Problem[] => {
      if (!/(?:^|[\s;&|(])(?:eval\s|(?:ba)?sh\s+-c\s+["']?[^'\n]*\$)/m.test(text)) return [];
      return [
        { at, message: "a variable is run as a script", fix: "call the command with its arguments, each as one word" },
      ];
    }),
  ],
};

/** Contexts whose values nobody but the owner of the repository chooses. */
const OWN =
  /^\s*(?:vars\.|secrets\.|runner\.|github\.(?:token|workspace|repository|run_id|run_number|sha|server_url|api_url)\b)/;

export const unquotedName: Rule = {
  id: "unquoted-name",
  why: "The shell splits what it finds without quotes, and expands stars in it: a name becomes several arguments.",
  check: (subject) =>
    runsOf(subject).flatMap(({ at, text, job, step }) =>
      foreignVariables(subject, job, step)
        .filter((name) => splitsVariable(text, name))
        .map((name): Problem => ({ at, message: `$${name} stands without quotes`, fix: `write "$${name}"` })),
    ),
};

function foreignVariables({ file }: Subject, job: Job, step: Step): string[] {
  const variables = { ...objectOf(file.workflow.env), ...objectOf(job.env), ...objectOf(step.env) };
  const isForeign = (value: Json) =>
    [...String(value).matchAll(/\$\{\{([\s\S]*?)\}\}/g)].some(([, expression = ""]) => !OWN.test(expression));
  return Object.entries(variables).flatMap(([name, value]) => (isForeign(value) ? [name] : []));
}

export const environmentFile: Rule = {
  id: "environment-file",
  why: "A value with a line break in it sets any variable of every later step, PATH and NODE_OPTIONS among them.",
  check: (subject) =>
    runsOf(subject).flatMap(({ at, text }): Problem[] => {
      const found = /\bGITHUB_(?:ENV|PATH)\b|::(?:set-env|add-path)\b/.exec(text);
      if (!found) return [];
      return [
        {
          at,
          message: `the step writes to ${found[0]}`,
          fix: "give the value to the steps that need it, in env or as an output",
        },
      ];
    }),
};

const STRANGERS: [RegExp, string][] = [
  [
    /(?:^|[\s;&|(])(?:npx|bunx)\s|\b(?:npm|pnpm|yarn|bun)\s+(?:exec|dlx|x)\s/m,
    "a package that is not pinned may be fetched and run",
  ],
  [
    /\bnpm\s+(?:i|install|add)\b(?!-)|\b(?:pnpm|yarn|bun)\s+(?:add|global)\b/m,
    "packages are installed without the lock file",
  ],
  [
    /\bnpm\s+(?:ci|clean-install)\b(?![^\n;&|]*--ignore-scripts)/m,
    "packages may run scripts of their own while they are installed",
  ],
  [
    /\b(?:curl|wget)\b[^\n;&]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|\b(?:ba)?sh\s+<\(\s*(?:curl|wget)\b/m,
    "what a server answers is run",
  ],
];

export const pinnedCli: Rule = {
  id: "pinned-cli",
  why: "What is not pinned can be somebody else's tomorrow, and it runs beside the job's credentials.",
  check: (subject) =>
    runsOf(subject).flatMap(({ at, text }) =>
      STRANGERS.filter(([pattern]) => pattern.test(text)).map(
        ([, message]): Problem => ({
          at,
          message,
          fix: "install with `npm ci --ignore-scripts --prefix infra`, then run infra/node_modules/.bin/paas",
        }),
      ),
    ),
};
