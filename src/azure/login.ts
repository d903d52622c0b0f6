import type { TokenCredential } from "@azure/core-auth";
import {
  type AuthenticationRecord,
  DeviceCodeCredential,
  deserializeAuthenticationRecord,
  serializeAuthenticationRecord,
  useIdentityPlugin,
} from "@azure/identity";
import { PaasError } from "../errors.js";
import type { ClientOptions } from "./client.js";
import { forget, type LoginFiles, loginFiles, readPrivate, writePrivate } from "./login-files.js";
import { signInFailure } from "./sign-in-failure.js";

/** What Azure's sign-in library keeps, and asks for before and after it uses it. */
type TokenCache = { cacheHasChanged: boolean; tokenCache: { serialize(): string; deserialize(text: string): void } };
type PluginContext = { cachePluginControl: { setPersistence(provider: () => Promise<unknown>): void } };

export const ARM_SCOPE = "https://management.azure.com/.default";

export type Login = { credential: TokenCredential; username: string; tenantId: string };

/** The sign-in that `paas login` has kept; null when there is none. */
export async function openLogin(
  variables: NodeJS.ProcessEnv,
  tenantId: string | null,
  options: ClientOptions,
): Promise<Login | null> {
  const files = loginFiles(variables);
  const text = await readPrivate(files.account);
  if (text === null) return null;
  const record = recordOf(text, files);
  keepTokensIn(files);
  const credential = new DeviceCodeCredential({
    ...options,
    ...settings(tenantId ?? record.tenantId),
    authenticationRecord: record,
    disableAutomaticAuthentication: true,
  });
  return { credential, username: record.username, tenantId: record.tenantId };
}

/**
 * Signs a person in by a code that they type in on any device, and keeps the refresh token in a file (0600).
 * @param show tells the person what to do
 * @throws PaasError with exit 4
 */
export async function login(
  variables: NodeJS.ProcessEnv,
  { tenantId, show, signal }: { tenantId: string | null; show: (message: string) => void; signal: AbortSignal },
  options: ClientOptions = {},
): Promise<{ username: string; tenantId: string }> {
  const files = loginFiles(variables);
  await forget(files);
  keepTokensIn(files);
  const credential = new DeviceCodeCredential({
    ...options,
    ...settings(tenantId ?? "organizations"),
    userPromptCallback: ({ message }) => show(message),
  });
  try {
    const record = await credential.authenticate(ARM_SCOPE, { abortSignal: signal });
    if (!record) throw new Error("Entra named no account");
    await writePrivate(files.account, serializeAuthenticationRecord(record));
    return { username: record.username, tenantId: record.tenantId };
  } catch (error) {
    await forget(files);
    throw signInFailure("`paas login`", error);
  }
}

/** Forgets the sign-in; false when there was none. */
export function logout(variables: NodeJS.ProcessEnv): Promise<boolean> {
  return forget(loginFiles(variables));
}

function settings(tenantId: string) {
  const tokenCachePersistenceOptions = { enabled: true, name: "paas", unsafeAllowUnencryptedStorage: true };
  return { tenantId, tokenCachePersistenceOptions };
}

/** The library's own way of keeping tokens needs a native module; its plugin interface takes a file as well. */
function keepTokensIn({ tokens }: LoginFiles): void {
  const plugin = {
    beforeCacheAccess: async ({ tokenCache }: TokenCache) => {
      const text = await readPrivate(tokens);
      if (text !== null) tokenCache.deserialize(text);
    },
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }: TokenCache) => {
      if (cacheHasChanged) await writePrivate(tokens, tokenCache.serialize());
    },
  };
  useIdentityPlugin((context) => (context as PluginContext).cachePluginControl.setPersistence(async () => plugin));
}

function recordOf(text: string, { account }: LoginFiles): AuthenticationRecord {
  try {
    return deserializeAuthenticationRecord(text);
  } catch (cause) {
    throw new PaasError("login-broken", `${account} is not what \`paas login\` wrote`, {
      next: "`paas login` again",
      exit: 4,
      cause,
    });
  }
}
