import { claimsOf } from "../azure/claims.js";
import { ARM_SCOPE } from "../azure/login.js";
import type { Session } from "../azure/session.js";
import { documentOf, type Look, pictureOf } from "../bootstrap/picture.js";
import { planBootstrap } from "../bootstrap/plan.js";
import type { BootstrapPlan, Principal } from "../bootstrap/step.js";
import { othersIn } from "../bootstrap/subscription.js";
import { openAzureAs } from "../cloud.js";
import { platformBlockFor } from "../environment/platform.js";
import { EXIT, PaasError } from "../errors.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import { lookAt, bootstrap as runBootstrap } from "../pipeline/bootstrap.js";
import { writtenBlock } from "../pipeline/bootstrap-block.js";
import { type BootstrapDoors, openBootstrapDoors } from "../pipeline/bootstrap-effects.js";
import { planRemoval } from "../pipeline/bootstrap-remove.js";
import { openDoors } from "../pipeline/doors.js";
import { type Steps, stepsOf } from "../pipeline/events.js";
import type { GlobalOptions, Tools } from "../tools.js";
import type { Ui } from "../ui/ui.js";
import { count } from "../ui/wording.js";
import { commandsByHand, type GithubSide, openGithubSide } from "./bootstrap.github.js";

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

type Opened = { doors: BootstrapDoors; session: Session; github: GithubSide; manifest: Manifest };

export async function bootstrap(options: BootstrapOptions, tools: Tools): Promise<void> {
  tools.ui.useCloud("azure");
  const opened = await open(options, tools);
  try {
    await (options.remove ? remove(options, opened, tools) : make(options, opened, tools));
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
    ui.warn("you may not hand out roles here: an owner of the subscription types this, then `paas bootstrap` goes on");
    for (const command of commands) ui.note(`  ${command}`);
    process.exitCode = EXIT.signIn;
  }
  const typed = await byHand(opened, options.tier);
  if (typed.length > 0) {
    ui.warn(`GitHub's part is left, because ${github.why}; with a token \`paas bootstrap\` does it, or type:`);
    for (const command of typed) ui.note(`  ${command}`);
  }
  const text = byOwner
    ? `the platform of ${manifest.name} is made as far as you may; roles are missing`
    : `the platform of ${manifest.name} for ${options.tier} is there; commit paas.yaml`;
  ui.result(options, { ...shown, steps, commands: [...commands, ...typed] }, text);
}

async function remove(options: BootstrapOptions, { doors }: Opened, tools: Tools): Promise<void> {
  const { ui } = tools;
  const run = async (steps: Steps) => {
    const done: { name: string; status: "done" }[] = [];
    for (const { name, work } of await planRemoval(doors, steps)) {
      await steps.run(name, async () => ({ value: undefined, detail: await work() }));
      done.push({ name, status: "done" });
    }
    return done;
  };
  const silent = stepsOf(
    () => {},
    () => performance.now(),
  );
  const planned = await planRemoval(doors, silent);
  ui.note(ui.palette.strong(`to be removed in subscription ${doors.cloud.subscriptionId}`));
  for (const { name } of planned) ui.note(`  ${ui.palette.bad("-")} ${name}`);
  const plan = planned.map(({ name }) => ({ kind: "remove", name }));
  if (options.dryRun) {
    return ui.result(
      options,
      { tier: options.tier, plan, warnings: [], steps: [], commands: [] },
      "nothing was changed",
    );
  }
  await confirm(options, `Take the platform of ${options.tier} down?`, tools);
  const steps = await ui.progress((emit) => run(stepsOf(emit, () => performance.now())));
  const text = `the platform of ${options.tier} is removed; GitHub keeps its environments, which nothing trusts any more`;
  ui.result(options, { tier: options.tier, plan, warnings: [], steps, commands: [] }, text);
}

async function open(options: BootstrapOptions, tools: Tools): Promise<Opened> {
  const { variables, signal, ui } = tools;
  const [read, git] = [await tools.manifest(), await tools.git()];
  const noted = read.platform;
  if (noted && options.subscription && options.subscription !== noted.subscription) throw elsewhere(noted.subscription);
  const chosen = {
    tenantId: options.tenant ?? noted?.tenant ?? null,
    subscriptionId: options.subscription ?? noted?.subscription ?? null,
  };
  const context = { root: git.root, manifest: read, variables, note: ui.note };
  const { session, cloudOf } = await openAzureAs(context, chosen);
  const manifest = { ...read, platform: platformBlockFor(read, session, options.stateAccount ?? null) };
  const cloud = cloudOf(manifest);
  ui.note(ui.palette.faint(`cloud: ${cloud.label}`));
  const doors = await openDoors({ ...tools, cloud: async () => cloud });
  const github = await openGithubSide(git, { variables, signal });
  const more = { manifest, tier: options.tier, github: github.reached?.settings ?? null };
  return { doors: openBootstrapDoors(doors, more), session, github, manifest };
}

async function planFor(
  options: BootstrapOptions,
  { doors, session, github, manifest }: Opened,
): Promise<BootstrapPlan> {
  const shared = options.sharedSubscription === true;
  if (!shared) await refuseShared(options.tier, doors);
  return planBootstrap({
    manifest,
    tier: options.tier,
    subscriptionId: session.subscriptionId,
    tenantId: session.tenantId,
    shared,
    person: await personOf(session),
    defaultBranch: github.defaultBranch,
    github: github.reached?.trust ?? null,
  });
}

/** Contributor at a subscription reaches everything in it. */
async function refuseShared(tier: Tier, { groups, manifest, cloud }: BootstrapDoors): Promise<void> {
  const found = [];
  for await (const group of groups.all()) found.push(group);
  const others = othersIn(found, manifest.id, tier);
  if (others.length === 0) return;
  const shown = others.slice(0, 5);
  const rest = others.length - shown.length;
  throw new PaasError(
    "subscription-shared",
    `subscription ${cloud.subscriptionId} holds groups that are not of ${tier}`,
    {
      details: [
        ...shown,
        ...(rest > 0 ? [`and ${rest} more`] : []),
        "workflows would become Contributor of all of them",
      ],
      next: "take a subscription of its own (`--subscription <id>`), or `--shared-subscription`, which grants a narrow role",
      exit: EXIT.refused,
    },
  );
}

async function personOf({ credential, who }: Session): Promise<Extract<Principal, { kind: "person" }>> {
  const { objectId, isApplication } = claimsOf((await credential.getToken(ARM_SCOPE))?.token ?? "");
  const type = isApplication ? "ServicePrincipal" : "User";
  if (objectId) return { kind: "person", id: objectId, type, name: who };
  throw new PaasError("not-signed-in", "the sign-in does not say who you are (no object id)", {
    next: "`paas login`",
    exit: EXIT.signIn,
  });
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

async function confirm({ yes }: BootstrapOptions, message: string, { prompt }: Tools): Promise<void> {
  if (yes) return;
  if (!prompt.interactive) {
    throw new PaasError("confirmation-needed", "this needs a yes, and nobody can be asked here", {
      next: "look at the plan with --dry-run, then pass --yes",
      exit: EXIT.usage,
    });
  }
  if (await prompt.confirm({ message })) return;
  throw new PaasError("not-confirmed", "nothing was changed", { exit: EXIT.refused });
}

function elsewhere(subscription: string): PaasError {
  return new PaasError("other-subscription", `this project's platform is in subscription ${subscription}`, {
    next: "leave --subscription out; or take that platform down first with `paas bootstrap --remove`",
    exit: EXIT.usage,
  });
}
