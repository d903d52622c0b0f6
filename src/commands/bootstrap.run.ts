import { documentOf, type Look, pictureOf } from "../bootstrap/picture.js";
import type { BootstrapPlan } from "../bootstrap/step.js";
import { EXIT } from "../errors.js";
import type { Tier } from "../manifest/manifest.js";
import { lookAt, bootstrap as runBootstrap } from "../pipeline/bootstrap.js";
import { writtenBlock } from "../pipeline/bootstrap-block.js";
import { stepsOf } from "../pipeline/events.js";
import type { GlobalOptions, Tools } from "../tools.js";
import type { Ui } from "../ui/ui.js";
import { count } from "../ui/wording.js";
import { confirm } from "./bootstrap.confirm.js";
import { commandsByHand, type GithubSide } from "./bootstrap.github.js";
import { type Opened, openBootstrap, REAL_AZURE } from "./bootstrap.open.js";
import { planFor } from "./bootstrap.plan.js";
import { removePlatform } from "./bootstrap.remove.js";

export type BootstrapOptions = GlobalOptions & {
  tier: Tier;
  subscription?: string;
  tenant?: string;
  sharedSubscription?: boolean;
  stateAccount?: string;
  platform?: boolean;
  remove?: boolean;
  dryRun?: boolean;
  yes?: boolean;
};

/** @param azure how Azure is reached and waited for; tests bring another way */
export async function bootstrap(options: BootstrapOptions, tools: Tools, azure = REAL_AZURE): Promise<void> {
  tools.ui.useCloud("azure");
  const opened = await openBootstrap(options, tools, azure);
  try {
    await (options.remove ? removePlatform(options, opened, tools) : make(options, opened, tools));
  } finally {
    await opened.session.close();
  }
}

async function make(options: BootstrapOptions, opened: Opened, tools: Tools): Promise<void> {
  const { doors, github, manifest } = opened;
  const { ui } = tools;
  const plan = await planFor(options, opened);
  const silent = stepsOf(
    () => {},
    () => performance.now(),
  );
  const looks = (await lookAt(plan, doors, silent)).map((look) =>
    options.platform && look.step.kind === "stack" ? { ...look, there: false } : look,
  );
  const missing = looks.filter(({ there }) => !there).length;
  showPicture(looks, plan, github, ui);
  const shown = { tier: options.tier, plan: documentOf(plan, looks), warnings: plan.warnings };
  const counted = missing === 0 ? "everything is there" : `${missing} of ${count(looks.length, "step")} to do`;
  if (options.dryRun || missing === 0) {
    const commands = missing === 0 && !options.dryRun ? await byHand(opened, options.tier) : [];
    for (const command of commands) ui.note(`  ${command}`);
    return ui.result(
      options,
      { ...shown, steps: [], commands },
      options.dryRun ? `${counted}; nothing was changed` : counted,
    );
  }
  await confirm(options, `Make the platform of ${options.tier} in subscription ${doors.cloud.subscriptionId}?`, tools);
  const { steps, commands } = await ui.progress((emit) =>
    runBootstrap(
      looks,
      doors,
      stepsOf(emit, () => performance.now()),
    ),
  );
  const byOwner = commands.length > 0;
  if (byOwner) {
    ui.warn("an owner of the subscription types this, because you may not; then `paas bootstrap` goes on");
    for (const command of commands) ui.note(`  ${command}`);
    process.exitCode = EXIT.signIn;
  }
  const typed = await byHand(opened, options.tier);
  if (typed.length > 0) {
    ui.warn(`GitHub's part is left, because ${github.why}; with a token \`paas bootstrap\` does it, or type:`);
    for (const command of typed) ui.note(`  ${command}`);
  }
  const text = byOwner
    ? `the platform of ${manifest.name} is made as far as you may; what an owner types is missing`
    : `the platform of ${manifest.name} for ${options.tier} is there; commit paas.yaml`;
  ui.result(options, { ...shown, steps, commands: [...commands, ...typed] }, text);
}

function showPicture(looks: Look[], { warnings, tier }: BootstrapPlan, { why }: GithubSide, ui: Ui): void {
  const { palette } = ui;
  ui.note(`platform of ${tier}: ${palette.good("+")} will be made, granted or registered, = is there already`);
  for (const { mark, text } of pictureOf(looks)) {
    if (mark === null) ui.note(`\n${palette.strong(text)}`);
    else ui.note(mark === "+" ? `  ${palette.good("+")} ${text}` : palette.faint(`  ${mark} ${text}`));
  }
  ui.note("");
  if (why) ui.warn(`GitHub: ${why}; its environments, variables and trust are left for later`);
  for (const warning of warnings) ui.warn(warning);
}

async function byHand({ github, doors, manifest }: Opened, tier: Tier): Promise<string[]> {
  if (github.reached) return [];
  return commandsByHand(github, { manifest, tier, clientIds: (await writtenBlock(doors)).identities });
}
