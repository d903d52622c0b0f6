import { execFileSync } from "node:child_process";
import os from "node:os";
import type { Figure } from "./figures.js";

export function keeps({ ours, allowed }: Figure): boolean {
  return ours <= allowed;
}

/** `docs/benchmarks.md`. */
export function renderReport(figures: Figure[], date: Date): string {
  return `# Benchmarks

Written by \`npm run bench\` on ${date.toISOString().slice(0, 10)}. Absolute times say something about this machine only; what counts are the
ratios, measured side by side in one run: interleaved, medians.

| measured | took | beside | took | ratio | allowed | |
|---|--:|---|--:|--:|---|---|
${figures.map(row).join("\n")}

- Start-up is measured without \`NODE_EXTRA_CA_CERTS\`, which costs every start of Node the same and would flatter the ratio.
- \`cdktf synth\` runs in the same \`infra/\` with the same environment and its own \`npm run synth\` (which compiles); ours bundles the
  app and runs it, in a new process each time.
- By hand is [\`bench/by-hand.sh\`](../bench/by-hand.sh), with a warm npm cache. The push deploys a new commit of the same app, whose
  lock file has not changed: paas keeps the packages installed for a lock file.

| machine | |
|---|---|
${machine()
  .map(([name, value]) => `| ${name} | ${value} |`)
  .join("\n")}
`;
}

function row(figure: Figure): string {
  const { what, ours, baseline, rule } = figure;
  const beside = baseline
    ? [baseline.what, time(baseline.took), `${(ours / baseline.took).toFixed(2)} ×`]
    : ["", "", ""];
  return `| ${[what, time(ours), ...beside, rule, keeps(figure) ? "kept" : "**broken**"].join(" | ")} |`;
}

function time(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

function machine(): [string, string][] {
  const cpus = os.cpus();
  return [
    ["processor", `${cpus[0]?.model.trim()}, ${cpus.length} cores`],
    ["memory", `${Math.round(os.totalmem() / 2 ** 30)} GiB`],
    ["system", `${os.type()} ${os.release()} ${os.arch()}`],
    ["Node", process.version],
    ["Terraform", firstLine("terraform", "version").replace(/^Terraform /, "")],
    ["git", firstLine("git", "--version").replace(/^git version /, "")],
  ];
}

function firstLine(program: string, ...words: string[]): string {
  const { TF_CLI_CONFIG_FILE: _, ...env } = process.env;
  return execFileSync(program, words, { encoding: "utf8", env }).split("\n")[0] ?? "";
}
