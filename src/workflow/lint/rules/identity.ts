import { SHARED } from "../../github-environments.js";
import type { Json } from "../../rehearse/json.js";
import { isObject, objectOf } from "../../rehearse/json.js";
import { mayIdentify, permissionsOf } from "../../rehearse/permissions.js";
import type { Job } from "../../rehearse/workflow-file.js";
import { expression } from "../../text.js";
import type { Path, Problem } from "../finding.js";
import type { Moment } from "../moments.js";
import { jobPath, once, type Rule, type Subject } from "../rule.js";
import type { Verb } from "../situations.js";

export const environment: Rule = {
  id: "environment",
  why: "The GitHub environment decides which identity a job gets and from which refs; others than paas makes have no rules.",
  check: (subject) =>
    once(
      subject.moments
        .filter(({ commands, situation }) => situation.trusted && commands.length > 0)
        .flatMap((moment) => environmentProblem(moment, subject) ?? []),
    ),
};

function environmentProblem({ job, environment, situation, commands }: Moment, { project }: Subject): Problem | null {
  const names: string[] = [...Object.values(SHARED), ...project.fixed.map(({ envId }) => envId)];
  if (environment === null) {
    return {
      at: jobPath(job.id),
      message: `job ${job.id} names no GitHub environment`,
      fix: `name one of ${names.join(", ")}`,
    };
  }
  const at = jobPath(job.id, "environment");
  if (!names.includes(environment)) {
    const message = `on ${situation.title} the GitHub environment is ${environment}, which paas does not make`;
    return { at, message, fix: `name one of ${names.join(", ")}` };
  }
  const expected = situation.environments[strongest(commands.map(({ verb }) => verb))];
  if (expected.length === 0 || expected.includes(environment)) return null;
  return {
    at,
    message: `on ${situation.title} the GitHub environment is ${environment}`,
    fix: `name ${expected.join(" or ")} there`,
  };
}

function strongest(verbs: Verb[]): Verb {
  return verbs.find((verb) => verb === "update") ?? verbs.find((verb) => verb === "destroy") ?? "look";
}

export const forkCredentials: Rule = {
  id: "fork-credentials",
  why: "The code of forks and of Dependabot has been seen by nobody with write access; it must not meet credentials.",
  check: (subject) =>
    once(
      subject.moments
        .filter(({ situation }) => !situation.trusted)
        .flatMap((moment): Problem[] => {
          const { job, situation } = moment;
          if (!meetsCredentials(moment, subject)) return [];
          const at = job.condition === null ? jobPath(job.id) : jobPath(job.id, "if");
          const fix = situation.title.includes("Dependabot")
            ? "add to the condition of the job: github.event.pull_request.user.login != 'dependabot[bot]'"
            : "add to the condition of the job: github.event.pull_request.head.repo.full_name == github.repository";
          return [{ at, message: `job ${job.id} runs with credentials on ${situation.title}`, fix }];
        }),
    ),
};

function meetsCredentials({ job, environment, commands, situation }: Moment, { file }: Subject): boolean {
  const asked = permissionsOf(file.workflow.permissions, job.permissions, { ...situation.event, trusted: true });
  return mayIdentify(asked) || environment !== null || commands.length > 0 || /\bsecrets\./.test(JSON.stringify(job));
}

const SIGN_IN = ["ARM_USE_OIDC", "ARM_CLIENT_ID", "ARM_TENANT_ID", "ARM_SUBSCRIPTION_ID"];

export const signIn: Rule = {
  id: "sign-in",
  why: "Terraform and paas exchange the job's own token for one of Azure; every other way needs something that can be stolen.",
  check: (subject) => [
    ...once(subject.moments.flatMap((moment) => signInProblems(moment, subject))),
    ...otherWays(subject),
  ],
};

function signInProblems({ job, commands, situation }: Moment, { file }: Subject): Problem[] {
  if (!situation.trusted || commands.length === 0) return [];
  const permissions = permissionsOf(file.workflow.permissions, job.permissions, situation.event);
  const steps = job.steps.map(({ env }) => objectOf(env));
  const variables = Object.assign({}, objectOf(file.workflow.env), objectOf(job.env), ...steps) as Record<string, Json>;
  const missing = SIGN_IN.filter((name) => !(name in variables));
  return [
    ...(mayIdentify(permissions)
      ? []
      : [
          {
            at: jobPath(job.id),
            message: `job ${job.id} cannot ask for a token`,
            fix: "write id-token: write below its permissions:",
          },
        ]),
    ...(missing.length === 0
      ? []
      : [
          {
            at: jobPath(job.id),
            message: `job ${job.id} does not say how it signs in`,
            fix: `set ${missing.join(", ")} in its env`,
          },
        ]),
  ];
}

function otherWays({ file }: Subject): Problem[] {
  const fix = "leave it out: ARM_USE_OIDC with ARM_CLIENT_ID is enough";
  return file.workflow.jobs.flatMap((job) =>
    job.steps.flatMap(({ uses, run }, index): Problem[] => [
      ...(/^azure\/login@/i.test(uses ?? "")
        ? [{ at: jobPath(job.id, "steps", index, "uses"), message: "the step signs in for every later one", fix }]
        : []),
      ...(/\baz\s+login\b/.test(typeof run === "string" ? run : "")
        ? [{ at: jobPath(job.id, "steps", index, "run"), message: "the step signs in for every later one", fix }]
        : []),
    ]),
  );
}

export const secrets: Rule = {
  id: "secrets",
  why: "A stored secret can be read by whoever may push a workflow file, and by every step that it is given to.",
  check: ({ file }) => [
    ...wide(["env"], file.workflow.env),
    ...file.workflow.jobs.flatMap((job) => [
      ...wide(jobPath(job.id, "env"), job.env),
      ...job.steps.flatMap((step, index) => [
        ...narrow(jobPath(job.id, "steps", index, "env"), step.env),
        ...narrow(jobPath(job.id, "steps", index, "with"), step.with),
      ]),
      ...inherited(job, file.text),
    ]),
  ],
};

/** A secret for a whole job or workflow. */
function wide(at: Path, variables: Json): Problem[] {
  return named(at, variables, (_, text) =>
    SECRET.test(text) ? { message: "every step gets the secret", fix: "give it to the one step that needs it" } : null,
  );
}

/** A secret for one step, which may need it, but not to sign in and not in place of the job's token. */
function narrow(at: Path, variables: Json): Problem[] {
  return named(at, variables, (name, text) => {
    if (/\btoJSON\(\s*secrets\s*\)/i.test(text))
      return { message: "the step gets every secret", fix: "name the one it needs" };
    if (!SECRET.test(text)) return null;
    if (/^(?:ARM_|AZURE_|creds$|client-secret$)/i.test(name)) {
      return {
        message: `${name} is a stored credential of Azure`,
        fix: "sign in with the job's token: ARM_USE_OIDC: true",
      };
    }
    if (/^(?:GITHUB_TOKEN|GH_TOKEN|token)$/i.test(name)) {
      return {
        message: `${name} is a stored token`,
        fix: `use ${expression("github.token")} and the job's permissions`,
      };
    }
    return null;
  });
}

/** A secret that is not the job's own token. */
const SECRET = /\bsecrets\s*(?:\.(?!GITHUB_TOKEN\b)|\[)|\btoJSON\(\s*secrets\s*\)/i;

function named(
  at: Path,
  variables: Json,
  judge: (name: string, text: string) => Pick<Problem, "message" | "fix"> | null,
): Problem[] {
  return Object.entries(objectOf(variables)).flatMap(([name, value]) => {
    const problem = isObject(value) ? null : judge(name, String(value));
    return problem ? [{ at: [...at, name], ...problem }] : [];
  });
}

function inherited(job: Job, text: string): Problem[] {
  if (job.uses === null || !/^\s*secrets:\s*inherit\b/m.test(text)) return [];
  return [
    { at: jobPath(job.id, "secrets"), message: "the called workflow gets every secret", fix: "name the ones it needs" },
  ];
}
