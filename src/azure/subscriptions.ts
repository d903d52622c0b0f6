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
 * @throws PaasError `subscription-unknown`, `no-subscription`, `wrong-tenant` (exit 4), `subscription-not-chosen` (exit 2)
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
      details: [
        ...usable.map(({ subscriptionId, displayName }) => `${subscriptionId}  ${displayName}`),
        `allowed: one of these, named in \`platform:\` of paas.yaml or in ARM_SUBSCRIPTION_ID`,
      ],
      next: "set ARM_SUBSCRIPTION_ID to one of them",
      exit: EXIT.usage,
    },
  );
}

/** What Azure says is put into the words of the table; who was signed in is said besides. */
async function readSubscription(
  id: string,
  { who, tenantId }: { who: string; tenantId: string },
  http: Http,
): Promise<Subscription> {
  try {
    const { body } = await http({ method: "GET", url: `${ARM}/subscriptions/${id}?api-version=${VERSION}` });
    return body as Subscription;
  } catch (error) {
    const { code, message, details, next, exit, cause } = azureFailure(`read the subscription ${id}`, error);
    throw new PaasError(code, message, {
      details: [`signed in to tenant ${tenantId} as ${who}`, ...details],
      ...(next === undefined ? {} : { next }),
      exit,
      cause,
    });
  }
}

async function asked<T>(trying: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw azureFailure(trying, error);
  }
}
