import path from "node:path";
import { type Cloud, type CloudName, createLocalRemote, openCloud, openRunningCloud } from "./cloud.js";
import type { Git } from "./git/git.js";
import type { Github } from "./github/api.js";
import type { ActionsContext } from "./github/context.js";
import type { Reporter } from "./github/reporter.js";
import type { Manifest, Tier } from "./manifest/manifest.js";
import { createPrompt, type Prompt } from "./ui/prompt.js";
import { createUi, type Ui } from "./ui/ui.js";

/** Options that every command understands. */
export type GlobalOptions = {
  directory?: string;
  cloud?: string;
  json?: boolean;
  verbose?: boolean;
  prompt?: boolean;
  /** Of a run that a push starts: the repository that was pushed to, and the commit. */
  from?: string;
  commit?: string;
};

/** Every effect that a command may ask for. Heavy libraries load when the effect is first used. */
export type Tools = {
  ui: Ui;
  prompt: Prompt;
  now(): Date;
  variables: NodeJS.ProcessEnv;
  /** Folder that the command works in: `-C`, else the current one. */
  folder: string;
  /** Aborted by Ctrl-C and SIGTERM; long work ends in order when it is. */
  signal: AbortSignal;
  git(): Promise<Git>;
  /** Top folder of the repository. */
  root(): Promise<string>;
  /** Folder whose `.paas` is worked in: the repository, in a job of a rehearsal the one that is rehearsed. */
  home(): Promise<string>;
  /** `paas.yaml` of the working tree; for a push that of the default branch, or of the commit where there is none. */
  manifest(): Promise<Manifest>;
  cloudName(): Promise<CloudName>;
  /** Subscription that names of a tier's environments are made for; known without a connection. */
  subscription(tier: Tier): Promise<string>;
  /** Connects to the cloud, starting the local one when needed, and says so on stderr. */
  cloud(): Promise<Cloud>;
  /** The cloud if it can be reached without starting anything. */
  runningCloud(): Promise<Cloud | null>;
  /** The git remote `local`: a bare repository with our hook. */
  localRemote: { create(root: string): Promise<string> };
  /** Folder of this CLI's package, whose published files `init` vendors; only read. */
  packageFolder(): Promise<string>;
  /** The packages of the CDKTF app in `<root>/infra`. */
  infra: { install(root: string, onLine: (line: string) => void): Promise<void> };
  /** The run of a GitHub workflow that this is part of; null elsewhere. */
  actions(): Promise<ActionsContext | null>;
  /** GitHub's API with that run's token; null elsewhere and without a token. */
  github(): Promise<Github | null>;
  /** Tells that place how a run goes; does nothing elsewhere. */
  reporter(): Promise<Reporter>;
  /** Ends what was opened for the command's sake. */
  close(): Promise<void>;
};

/** The real tools; `options` are the command line's global ones. */
export function wireTools(options: GlobalOptions, variables: NodeJS.ProcessEnv, signal: AbortSignal): Tools {
  const folder = path.resolve(options.directory ?? ".");
  const ui = createUi(variables);
  const once = <T>(make: () => Promise<T>) => {
    let made: Promise<T> | undefined;
    return () => {
      made ??= make();
      return made;
    };
  };
  const git = once(async () => (await import("./git/git.js")).openGit(folder, variables.PAAS_DEFAULT_BRANCH));
  const root = once(async () => (await git()).root);
  const manifest = once(async () => {
    if (options.from && options.commit) return readPushed(await git(), options.from, options.commit);
    return (await import("./manifest/read.js")).readManifest(await root());
  });
  const placing = once(async () => {
    const { placingManifest } = await import("./pipeline/source.js");
    return placingManifest(await git(), await manifest(), variables);
  });
  // A branch may say that there is a platform; where, it may not.
  const bootstrapped = async () => {
    const own = await manifest().catch(() => null);
    return own?.platform ? own : placing().catch(() => null);
  };
  const cloudName = once(async () => {
    const { chooseCloud } = await import("./cloud.js");
    const name = chooseCloud(options.cloud, variables, await bootstrapped());
    ui.useCloud(name);
    return name;
  });
  const subscription = async (tier: Tier) => {
    const { subscriptionOf } = await import("./cloud.js");
    return subscriptionOf(await cloudName(), await placing(), tier);
  };
  // A job of a rehearsal works in a checkout of its own, and with the local cloud of the one that it was started in.
  const home = async () => variables.PAAS_LOCAL_ROOT ?? (await root());
  const context = async () => ({ root: await home(), manifest: await placing(), variables, note: ui.note });
  const connections: Cloud[] = [];
  const cloud = once(async () => {
    const opened = await openCloud(await cloudName(), await context());
    connections.push(opened);
    ui.note(ui.palette.faint(`cloud: ${opened.label}`));
    return opened;
  });
  const actions = once(async () => (await import("./github/read-context.js")).readContext(variables));
  const github = once(async () => {
    const { openRunGithub } = await import("./github/open-reporter.js");
    return openRunGithub(await actions(), { ui, signal });
  });
  const reporter = once(async () => {
    const { openReporter } = await import("./github/open-reporter.js");
    return openReporter(await actions(), await github(), { ui, signal });
  });
  return {
    ui,
    prompt: createPrompt(variables, options.prompt !== false),
    now: () => new Date(),
    variables,
    folder,
    signal,
    git,
    root,
    home,
    manifest,
    cloudName,
    subscription,
    cloud,
    runningCloud: async () => {
      const running = await openRunningCloud(await cloudName(), await context());
      if (running) connections.push(running);
      return running;
    },
    localRemote: { create: createLocalRemote },
    packageFolder: async () => (await import("./scaffold/templates.js")).packageFolder(),
    infra: {
      install: async (top, onLine) => {
        const { infraPackages, linkInto, packageCache } = await import("./terraform/packages.js");
        const infra = path.join(top, "infra");
        const request = { infra, cache: packageCache(variables), install: true, onLine, signal };
        await linkInto(infra, (await infraPackages(request)).nodeModules);
      },
    },
    actions,
    github,
    reporter,
    close: async () => {
      for (const connection of connections) await connection.close();
    },
  };
}

async function readPushed(git: Git, from: string, commit: string): Promise<Manifest> {
  const [{ openObjects }, { pushedManifest }] = await Promise.all([
    import("./git/git.js"),
    import("./pipeline/source.js"),
  ]);
  return pushedManifest(git, openObjects(from), commit);
}
