import { EXIT, PaasError } from "../errors.js";
import type { Http } from "./client.js";
import { azureFailure } from "./failure.js";

export type Subscription = { subscriptionId: string; displayName: string; tenantId: string; state: string };

const ARM = "https://management.azure.com";
const VERSION = "2022-12-01";

/** All subscriptions that whoever is signed in can see, in pages. */
export async function listSubscriptions(http: Http): Promise<Subscription[]> {
  const found: Subscription[] = [];
  for (let url: string | undefined = `${ARM}/subscriptions?api-version=${VERSION}`; url; ) {
    const { body } = await asked("list the subscriptions", () => http({ method: "GET", url: url ?? "" }));
    const page = body as { value: Subscription[]; nextLink?: string };
    found.push(...page.value);
    url = page.nextLink;
  }
  return found;
}

/**
 * The subscription to work in: the one that was chosen, else the only one there is.
 * @throws PaasError `subscription-not-found`, `subscription-not-chosen`, `no-subscription`, `wrong-tenant`: exit 4 or 2
 */
export async function chooseSubscription(
  chosen: string | null,
  signedIn: { who: string; tenantId: string },
  http: Http,
): Promise<string> {
  if (chosen) return (await readSubscription(chosen, signedIn, http)).subscriptionId;
  const usable = (await listSubscriptions(http)).filter(({ state }) => state === "Enabled");
  const [only, second] = usable;
  if (only && !second) return only.subscriptionId;
  if (!only) {
    throw new PaasError("no-subscription", `${signedIn.who} has no subscription in tenant ${signedIn.tenantId}`, {
      next: "ask for access to one, or sign in to another tenant: `paas login --tenant <id>`",
      exit: EXIT.signIn,
    });
  }
  throw new PaasError(
    "subscription-not-chosen",
    `${signedIn.who} has ${usable.length} subscriptions, and none is chosen`,
    {
      details: usable.map(({ subscriptionId, displayName }) => `${subscriptionId}  ${displayName}`),
      next: "set ARM_SUBSCRIPTION_ID to one of them",
      exit: EXIT.usage,
    },
  );
}

async function readSubscription(
  id: string,
  { who, tenantId }: { who: string; tenantId: string },
  http: Http,
): Promise<Subscription> {
  try {
    const { body } = await http({ method: "GET", url: `${ARM}/subscriptions/${id}?api-version=${VERSION}` });
    return body as Subscription;
  } catch (error) {
    const { code, message = "" } = error as { code?: string; message?: string };
    if (code === "InvalidAuthenticationTokenTenant") throw wrongTenant(id, { who, tenantId }, message, error);
    if (code !== "SubscriptionNotFound" && code !== "AuthorizationFailed")
      throw azureFailure(`read the subscription ${id}`, error);
    throw new PaasError("subscription-not-found", `${who} cannot see the subscription ${id}`, {
      details: [`signed in to tenant ${tenantId}`],
      next: "check the subscription (`platform:` in paas.yaml, then ARM_SUBSCRIPTION_ID), or ask for a role in it",
      exit: EXIT.signIn,
      cause: error,
    });
  }
}

function wrongTenant(
  id: string,
  signedIn: { who: string; tenantId: string },
  message: string,
  cause: unknown,
): PaasError {
  const belongs = [...message.matchAll(/sts\.windows\.net\/([0-9a-f-]{36})/g)].map(([, tenant]) => tenant).at(-1);
  return new PaasError("wrong-tenant", `the subscription ${id} is of another tenant than the sign-in`, {
    details: [
      `signed in to tenant ${signedIn.tenantId} as ${signedIn.who}`,
      ...(belongs ? [`the subscription belongs to tenant ${belongs}`] : []),
    ],
    next: `\`paas login --tenant ${belongs ?? "<id>"}\`, or set ARM_TENANT_ID`,
    exit: EXIT.signIn,
    cause,
  });
}

async function asked<T>(trying: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw azureFailure(trying, error);
  }
}
