import { PINS, usesText } from "../../pins.js";
import type { Json } from "../../rehearse/json.js";
import { objectOf } from "../../rehearse/json.js";
import type { Path, Problem } from "../finding.js";
import { jobPath, type Rule, type Subject } from "../rule.js";

type Use = { at: Path; uses: string; inputs: Record<string, Json> };

function usesOf({ file }: Subject): Use[] {
  return file.workflow.jobs.flatMap((job) => [
    ...(job.uses === null ? [] : [{ at: jobPath(job.id, "uses"), uses: job.uses, inputs: {} }]),
    ...job.steps.flatMap(({ uses, with: inputs }, index): Use[] =>
      uses === null ? [] : [{ at: jobPath(job.id, "steps", index, "uses"), uses, inputs: objectOf(inputs) }],
    ),
  ]);
}

function isAction({ uses }: Use, action: string): boolean {
  return uses.toLowerCase().startsWith(`${action}@`);
}

export const pins: Rule = {
  id: "pins",
  why: "A tag or branch of an action can be moved to other code, which then runs with the job's credentials.",
  check: (subject) => usesOf(subject).flatMap((use) => pinProblem(use, subject) ?? []),
};

function pinProblem({ at, uses }: Use, { file }: Subject): Problem | null {
  if (uses.startsWith("./")) return null;
  if (uses.startsWith("docker://")) {
    if (/@sha256:[0-9a-f]{64}$/.test(uses)) return null;
    return {
      at,
      message: `the image ${uses.slice(9)} is not pinned`,
      fix: "name it by digest, docker://image@sha256:…",
    };
  }
  const [action = "", ref] = uses.split("@");
  const known = Object.values(PINS).find((pin) => pin.action === action.toLowerCase());
  const fix = known ? `write uses: ${usesText(known)}` : "name the commit, 40 digits, and the version after #";
  if (!/^[0-9a-f]{40}$/.test(ref ?? "")) return { at, message: `${uses} is not pinned to a commit`, fix };
  const line = file.text.split("\n")[file.place(at).line - 1] ?? "";
  if (/#\s*v?\d/.test(line)) return null;
  return { at, message: `nothing says which version of ${action} the commit is`, fix };
}

export const persistCredentials: Rule = {
  id: "persist-credentials",
  why: "The job's token stays in .git, where everything that is built or packed can read it.",
  check: (subject) =>
    usesOf(subject)
      .filter((use) => isAction(use, PINS.checkout.action) && String(use.inputs["persist-credentials"]) !== "false")
      .map(({ at }) => ({
        at,
        message: "the checkout keeps the token",
        fix: "write persist-credentials: false below with:",
      })),
};

export const terraformWrapper: Rule = {
  id: "terraform-wrapper",
  why: "The wrapper mixes lines of its own into what Terraform prints, and paas reads what Terraform prints.",
  check: (subject) =>
    usesOf(subject)
      .filter((use) => isAction(use, PINS.terraform.action) && String(use.inputs.terraform_wrapper) !== "false")
      .map(({ at }) => ({ at, message: "Terraform is wrapped", fix: "write terraform_wrapper: false below with:" })),
};
