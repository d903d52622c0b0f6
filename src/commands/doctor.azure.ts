import type { ClientOptions, Http } from "../azure/client.js";
import type { Inspection } from "../azure/inspection.js";
import type { Session } from "../azure/session.js";
import type { Chosen } from "../azure/sign-in.js";
import { bootstrapNames, type Names } from "../bootstrap/names.js";
import { type CloudName, firstSubscription } from "../cloud.js";
import type { AzureFacts, Facts, Gathered } from "../doctor/facts.js";
import { type ExpectedIdentity, identitiesOf } from "../doctor/identities.js";
import { subscriptionOf } from "../environment/platform.js";
import { PaasError } from "../errors.js";
import { fixedEnvironments } from "../manifest/environments.js";
import { type Manifest, TIERS, type Tier } from "../manifest/manifest.js";
import { after, gathered } from "./doctor.gathered.js";

/** How doctor gets to Azure; tests bring another way. */
export type AzureDoor = {
  signIn(variables: NodeJS.ProcessEnv, chosen: Chosen): Promise<Session>;
  options: ClientOptions;
};

/** One repetition: doctor tells what is, and a person waits for it. */
export const realAzure: AzureDoor = {
  signIn: async (variables, chosen) => (await import("../azure/sign-in.js")).signIn(variables, chosen),
  options: { retryOptions: { maxRetries: 1 } },
};

type Place = { cloud: Gathered<{ name: CloudName }>; manifest: Gathered<Manifest>; variables: NodeJS.ProcessEnv };

/** Sign-in and subscriptions, as far as the project is on Azure. */
export async function gatherAzure(
  { cloud, manifest, variables }: Place,
  azure: AzureDoor,
): Promise<Pick<Facts, "azure" | "elsewhere">> {
  const onAzure = "value" in cloud && cloud.value.name === "azure";
  if (!onAzure) return nothing({ skipped: "environments live on this machine; `--cloud azure` looks at Azure, too" });
  if (!("value" in manifest)) return nothing({ skipped: "there is no project to look for" });
  const { platform } = manifest.value;
  const chosen = {
    tenantId: platform?.tenant ?? null,
    subscriptionId: platform ? firstSubscription(platform, variables) : null,
  };
  const session = await gathered(() => azure.signIn(variables, chosen));
  if (!("value" in session)) return nothing({ skipped: "nobody is signed in" }, session);
  try {
    const places = tiersByPlace(manifest.value, session.value.subscriptionId).map(([subscriptionId, tiers]) =>
      inspect({ ...session.value, subscriptionId }, manifest.value, tiers, azure.options),
    );
    const [here, ...elsewhere] = await Promise.all(places);
    return here ? { azure: here, elsewhere } : nothing({ skipped: "the project has no tier" });
  } finally {
    await session.value.close();
  }
}

/** Tiers by the subscription that they lie in; one that is not noted yet lies in that of the sign-in. */
function tiersByPlace(manifest: Manifest, otherwise: string): [string, Tier[]][] {
  const places = new Map<string, Tier[]>();
  for (const tier of tiersOf(manifest)) {
    const id = subscriptionOf(manifest, tier, otherwise);
    places.set(id, [...(places.get(id) ?? []), tier]);
  }
  return [...places];
}

async function inspect(
  session: Session,
  manifest: Manifest,
  tiers: Tier[],
  options: ClientOptions,
): Promise<AzureFacts> {
  const { who, signIn: way, tenantId, subscriptionId, credential } = session;
  const { openArm } = await import("../azure/arm.js");
  const { openHttp } = await import("../azure/client.js");
  const { openInspection } = await import("../azure/inspection.js");
  const blobs = openHttp({ credential, scope: "https://storage.azure.com/.default" }, options);
  const read = openInspection(openArm({ url: "https://management.azure.com", credential, options }), subscriptionId);
  const place = { manifest, subscriptionId, tenantId };
  const account = bootstrapNames({ ...place, tier: tiers[0] ?? "nonprod" });
  const [subscription, providers, roles, identities, stateAccountId, quota] = await Promise.all([
    gathered(read.subscription),
    gathered(read.providers),
    gathered(() => rolesHeld(session, read)),
    gatherIdentities(
      tiers.flatMap((tier) => identitiesOf(tier, place)),
      manifest,
      read,
    ),
    gathered(() => stateAccount(account, read)),
    gatherQuota(manifest, read),
  ]);
  const state = await after(stateAccountId, () => containers(tiers, account.platform.stateAccount, blobs));
  const signIn = { value: { who, way, tenantId, subscriptionId } };
  return { signIn, subscription, providers, roles, tiers, identities, stateAccountId, state, quota };
}

/** Tiers that were bootstrapped; of a project that was not, those that its environments are on. */
function tiersOf(manifest: Manifest): Tier[] {
  const identities = manifest.platform?.identities ?? {};
  const made = TIERS.filter((tier) => identities[tier] !== undefined);
  const used = new Set<Tier>(["nonprod", ...fixedEnvironments(manifest).map(({ tier }) => tier)]);
  return made.length > 0 ? made : TIERS.filter((tier) => used.has(tier));
}

async function rolesHeld({ credential }: Session, { roles }: Inspection) {
  const { claimsOf } = await import("../azure/claims.js");
  const { azureFailure } = await import("../azure/failure.js");
  const token = await credential.getToken("https://management.azure.com/.default").catch((error: unknown) => {
    throw azureFailure("sign in to Azure", error);
  });
  const { objectId } = claimsOf(token?.token ?? "");
  if (objectId) return roles(objectId);
  throw new PaasError("identity-unknown", "the sign-in does not say whose it is, so its roles cannot be looked up", {
    next: "sign in anew with `paas login`",
  });
}

async function stateAccount({ accountId, platform }: Names, { hasAccount }: Inspection): Promise<string> {
  if (await hasAccount(accountId)) return accountId;
  throw new PaasError("state-account-missing", `there is no state account ${platform.stateAccount}`, {
    details: [`looked for ${accountId}`],
    next: "`paas bootstrap` makes it",
  });
}

async function containers(tiers: Tier[], account: string, blobs: Http): Promise<AzureFacts["state"]> {
  const { readContainer } = await import("../azure/inspection.js");
  const read = tiers.map(async (tier) => {
    return [tier, await gathered(() => readContainer(blobs, account, `tier-${tier}`))] as const;
  });
  return { value: Object.fromEntries(await Promise.all(read)) };
}

/** Those that `paas.yaml` names; where it names none that is there, the one that lies where bootstrap makes it. */
async function gatherIdentities(
  expected: ExpectedIdentity[],
  { platform }: Manifest,
  { identities, identity }: Inspection,
): Promise<AzureFacts["identities"]> {
  if (!platform) return { skipped: "the project has no identities yet: `paas bootstrap` makes them" };
  return gathered(async () => {
    const all = await identities();
    const facts = expected.map(async (one) => {
      const named = all.find(({ clientId }) => clientId === one.clientId);
      const at = named ?? all.find(({ id }) => id.toLowerCase() === one.id.toLowerCase());
      return { ...one, found: at ? await identity(at) : null };
    });
    return Promise.all(facts);
  });
}

async function gatherQuota({ location }: Manifest, { quota }: Inspection): Promise<AzureFacts["quota"]> {
  const found = await gathered(() => quota(location));
  if (!("value" in found)) return found;
  return found.value
    ? { value: { ...found.value, region: location } }
    : { skipped: `Azure tells none for ${location}` };
}

function nothing(why: { skipped: string }, signIn: AzureFacts["signIn"] = why): Pick<Facts, "azure" | "elsewhere"> {
  const azure = {
    signIn,
    subscription: why,
    providers: why,
    roles: why,
    tiers: [],
    identities: why,
    stateAccountId: why,
    state: why,
    quota: why,
  };
  return { azure, elsewhere: [] };
}
