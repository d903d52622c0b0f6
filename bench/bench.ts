/** Measures what `docs/benchmarks.md` promises, writes it there, and fails when a promise is broken. */
import fs from "node:fs";
import path from "node:path";
import { changedApp, type Figure, noChange, startUp, synth } from "./figures.js";
import { manyEnvironments } from "./many.js";
import { run } from "./measure.js";
import { Project } from "./project.js";
import { keeps, renderReport } from "./report.js";

const CDKTF_CLI = "cdktf-cli@0.21.0";

const project = new Project();
const figures: Figure[] = [];
try {
  await step("start-up", startUp);
  await step("a project and its packages", async () => {
    await project.create();
    await project.git("switch", "--quiet", "--create", "env-bench");
    return [];
  });
  const cdktf = await installCdktf(path.join(project.folder, "cdktf"));
  await step("synth", async () => [await synth(project, cdktf)]);
  await step("up without a change", async () => [await noChange(project)]);
  await step("a changed app", async () => [await changedApp(project)]);
  await step("very many environments", async () => [await manyEnvironments(project)]);
} finally {
  await project.remove();
}
fs.writeFileSync("docs/benchmarks.md", renderReport(figures, new Date()));
const broken = figures.filter((figure) => !keeps(figure));
for (const { what, rule } of broken) console.error(`broken: ${what} ${rule}`);
process.exitCode = broken.length === 0 ? 0 : 1;

async function step(name: string, measure: () => Promise<Figure[]>): Promise<void> {
  console.error(`· ${name}`);
  for (const figure of await measure()) {
    figures.push(figure);
    const beside = figure.baseline ? ` beside ${figure.baseline.took.toFixed(0)} ms` : "";
    console.error(`  ${figure.what}: ${figure.ours.toFixed(0)} ms${beside}, ${figure.rule}`);
  }
}

/** It brings hundreds of packages of its own, so it is no dependency of this project. */
async function installCdktf(folder: string): Promise<string> {
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--silent"];
  await run({ words: ["npm", "install", ...flags, CDKTF_CLI], cwd: folder });
  return path.join(folder, "node_modules", ".bin", "cdktf");
}
