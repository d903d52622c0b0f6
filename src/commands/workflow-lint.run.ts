import { EXIT, PaasError } from "../errors.js";
import { fixedEnvironments } from "../manifest/environments.js";
import type { GlobalOptions, Tools } from "../tools.js";
import type { Palette } from "../ui/palette.js";
import { count } from "../ui/wording.js";
import type { Finding } from "../workflow/lint/finding.js";
import { type LintReport, lintWorkflows } from "../workflow/lint/lint.js";
import { readWorkflows } from "../workflow/read.js";
import { WORKFLOW_FOLDER } from "../workflow/render.js";
import { onGithubCom } from "../workflow/server.js";

export type WorkflowLintOptions = GlobalOptions;
export type WorkflowLintTools = Pick<Tools, "ui" | "root" | "git" | "manifest" | "cloudName" | "variables">;

/**
 * Holds the workflow files of the working tree against the rules that keep environments safe; exit code 1 when one is
 * broken.
 * @throws PaasError `no-workflows` when no file has anything to do with environments
 */
export async function workflowLint(options: WorkflowLintOptions, tools: WorkflowLintTools): Promise<void> {
  await tools.cloudName();
  const git = await tools.git();
  const files = await readWorkflows(await tools.root());
  const project = {
    defaultBranch: tools.variables.PAAS_DEFAULT_BRANCH ?? (await git.defaultBranch()).replace(/^origin\//, ""),
    fixed: fixedEnvironments(await tools.manifest()),
    queue: onGithubCom(tools.variables, await git.remotes()),
  };
  const report = await lintWorkflows({ files, project });
  if (report.checked.length === 0) throw noWorkflows(report);
  const { findings, checked, others } = report;
  for (const finding of findings) annotate(finding, tools);
  tools.ui.result(options, { findings, checked, others }, reportText(report, tools.ui.palette));
  if (findings.length > 0) process.exitCode = EXIT.failed;
}

function noWorkflows({ others }: LintReport): PaasError {
  const details = others.map((file) => `${file} has nothing to do with environments`);
  return new PaasError("no-workflows", `no workflow in ${WORKFLOW_FOLDER} runs paas`, {
    details,
    next: "`paas init` writes them, see docs/github.md",
    exit: EXIT.usage,
  });
}

/** Inside GitHub Actions a finding stands beside its line. */
function annotate({ file, line, column, rule, message, why, fix }: Finding, { ui }: Pick<Tools, "ui">): void {
  ui.actions?.error(`${message}\nwhy: ${why}\nfix: ${fix}`, { file, line, col: column, title: rule });
}

function reportText({ findings, checked, others }: LintReport, palette: Palette): string {
  const rest = others.length > 0 ? `, ${count(others.length, "other")} left out` : "";
  const files = `${count(checked.length, "workflow file")}${rest}`;
  if (findings.length === 0) return palette.good(`no findings in ${files}`);
  return [
    ...findings.map((finding) => findingText(finding, palette)),
    `${count(findings.length, "finding")} in ${files}`,
  ].join("\n");
}

function findingText({ file, line, column, rule, message, why, fix }: Finding, palette: Palette): string {
  return [
    `${palette.strong(`${file}:${line}:${column}`)}  ${message}  ${palette.faint(`[${rule}]`)}`,
    `  why: ${why}`,
    `  fix: ${fix}`,
    "",
  ].join("\n");
}
