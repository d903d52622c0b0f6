import { logout as forgetSignIn, login as signInByCode } from "../azure/login.js";
import type { GlobalOptions, Tools } from "../tools.js";

export type LoginOptions = GlobalOptions & { tenant?: string };
export type LogoutOptions = GlobalOptions;

type LoginTools = Pick<Tools, "ui" | "variables" | "signal" | "manifest">;

export async function login(options: LoginOptions, { ui, variables, signal, manifest }: LoginTools): Promise<void> {
  ui.useCloud("azure");
  const noted = await manifest().catch(() => null);
  const tenantId =
    options.tenant ?? noted?.platform?.tenant ?? (variables.ARM_TENANT_ID || variables.AZURE_TENANT_ID || null);
  const { username, tenantId: tenant } = await signInByCode(variables, { tenantId, show: ui.note, signal });
  ui.result(options, { username, tenant }, `signed in as ${username} (tenant ${tenant})`);
}

export async function logout(options: LogoutOptions, { ui, variables }: LoginTools): Promise<void> {
  ui.useCloud("azure");
  const wasThere = await forgetSignIn(variables);
  const text = wasThere ? "signed out: what was kept here is removed" : "nobody was signed in by `paas login`";
  ui.result(options, { signedOut: wasThere }, text);
}
