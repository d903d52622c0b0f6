/**
 * The whole loop of paas on a real subscription, or with `--dry` against stand-ins for it: see docs/live.md.
 */
import fs from "node:fs";
import path from "node:path";
import { EXIT, PaasError } from "../../src/errors.js";
import { packAndInstall } from "../helpers/packed-cli.js";
import { readCleanUp } from "./clean-up-file.js";
import { type Ground, realGround } from "./ground.js";
import { openLive } from "./live-run.js";
import { type Options, optionsOf } from "./options.js";
import { openPicture, type Picture } from "./picture.js";
import { finishOrSay, play } from "./play.js";
import { joinStandIns, openStandIns, SUBSCRIPTION } from "./stand-ins.js";
import { STEPS } from "./steps.js";

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2), process.env);
  const ground = await groundOf(options);
  const picture = openPicture(ground.simulated, (text) => console.log(text));
  try {
    return await (options.cleanUp === null ? run(options, ground, picture) : cleanUp(options.cleanUp, ground, picture));
  } finally {
    await ground.close();
  }
}

async function groundOf({ dry }: Options): Promise<Ground> {
  if (!dry) return realGround(process.env);
  const { PAAS_LIVE_STAND_INS: joined } = process.env;
  return joined ? joinStandIns(joined) : (await openStandIns()).ground;
}

async function run({ subscription, shared }: Options, ground: Ground, picture: Picture): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (interrupt.signal.aborted) return;
      picture.note(`${signal}: ending what runs; then everything that was made is removed, which takes minutes`);
      interrupt.abort(new PaasError("interrupted", "stopped by you", { exit: EXIT.interrupted }));
    });
  }
  const id = ground.simulated ? SUBSCRIPTION : (subscription ?? "");
  const live = openLive({ subscription: id, shared }, ground, picture, interrupt.signal);
  picture.note(
    ground.simulated
      ? "live run, DRY: Azure and docker are simulated on this machine; paas, git and Terraform are real"
      : `live run on Azure, subscription ${id}: this costs money`,
  );
  try {
    let cli = "";
    const packed = await picture.line("the CLI is packed and installed", async () => {
      const { PAAS_LIVE_BIN: given } = process.env;
      cli = given ?? packAndInstall(live.makeFolder("cli")).paas;
      return given ? `already: ${given}` : cli;
    });
    const exit = packed ? await play(STEPS, live, cli, picture) : EXIT.failed;
    if (exit === EXIT.done || exit === EXIT.refused) live.forget();
    else picture.note(`what every command printed: ${live.log}`);
    const ends = new Map<number, string>([
      [EXIT.done, "passed"],
      [EXIT.refused, "was refused: nothing was made"],
    ]);
    picture.note(`The live run ${ends.get(exit) ?? "failed"}.`);
    return exit;
  } finally {
    await live.close();
  }
}

async function cleanUp(file: string, ground: Ground, picture: Picture): Promise<number> {
  const { simulated, folder } = readCleanUp(file);
  if (simulated !== ground.simulated) {
    throw new PaasError("other-ground", `${file} is of a ${simulated ? "dry" : "real"} run`, { exit: EXIT.usage });
  }
  if (!(await finishOrSay(file, ground, picture))) return EXIT.failed;
  if (path.resolve(path.dirname(file)) === folder) fs.rmSync(folder, { recursive: true, force: true });
  return EXIT.done;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof PaasError)) throw error;
  console.error(`${error.message}  [${error.code}]`);
  for (const line of error.details) console.error(`  ${line}`);
  if (error.next) console.error(`  next: ${error.next}`);
  return error.exit;
});
