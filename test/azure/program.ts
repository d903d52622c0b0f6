import { PassThrough } from "node:stream";
import { openGit } from "../../src/git/git.js";
import { createProgram } from "../../src/program.js";
import type { Tools } from "../../src/tools.js";
import { createUi } from "../../src/ui/ui.js";
import type { Project } from "./project.js";

/** What a command line prints, as the program does it in this process, for whoever is signed in to the project. */
export async function printed(here: Project, words: string[]): Promise<{ stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const ui = createUi({}, { stdout, stderr } as unknown as Parameters<typeof createUi>[1]);
  ui.useCloud("azure");
  const git = await openGit(here.repository.folder);
  const tools: Partial<Tools> = {
    ui,
    variables: {},
    now: () => new Date(),
    signal: new AbortController().signal,
    git: async () => git,
    home: async () => git.root,
    manifest: async () => here.manifest,
    actions: async () => null,
    cloud: async () => here.cloud,
  };
  await createProgram(tools as Tools).parseAsync(words, { from: "user" });
  return { stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}
