import { randomBytes } from "node:crypto";
import { z } from "zod";
import { ALICE, type Directory, type User } from "./directory.js";
import { EntraError } from "./entra.js";
import { route } from "./route.js";

/** Sign-in on another device: a code to type in there, and a question for the outcome every few seconds. */
export function deviceCodes(directory: Directory) {
  const waiting = new Map<string, { polls: number }>();
  const devices = {
    /** Who types the codes in; null = nobody, until they expire. */
    user: ALICE as string | null,
    /** How often it is asked in vain before the code has been typed in. */
    polls: 0,
    /** Where and what people are told to type. */
    shown: [] as string[],
    redeem: (code: string): User => {
      const found = waiting.get(code);
      const user = directory.users.find(({ upn }) => upn === devices.user);
      if (!found) throw new EntraError("bad_verification_code", 501491, "The device code is not known.");
      if (!user)
        throw new EntraError(
          "expired_token",
          70020,
          "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
        );
      if (found.polls > 0) {
        found.polls -= 1;
        throw new EntraError(
          "authorization_pending",
          70016,
          "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
        );
      }
      waiting.delete(code);
      return user;
    },
    route: route({
      method: "POST",
      host: "login.microsoftonline.com",
      path: "/{tenant}/oauth2/v2.0/devicecode",
      versions: null,
      spec: "learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code",
      query: z.strictObject({ "client-request-id": z.string().optional() }),
      audience: null,
      form: true,
      request: z.looseObject({ client_id: z.string(), scope: z.string() }),
      responses: {
        200: z.strictObject({
          device_code: z.string(),
          user_code: z.string(),
          verification_uri: z.url(),
          expires_in: z.number().int().positive(),
          interval: z.number().int().nonnegative(),
          message: z.string(),
        }),
      },
      answer: () => {
        const device_code = randomBytes(24).toString("base64url");
        const user_code = randomBytes(5).toString("hex").slice(0, 9).toUpperCase();
        waiting.set(device_code, { polls: devices.polls });
        devices.shown.push(user_code);
        const verification_uri = "https://login.microsoft.com/device";
        const message = `To sign in, use a web browser to open the page ${verification_uri} and enter the code ${user_code} to authenticate.`;
        return {
          status: 200,
          body: { device_code, user_code, verification_uri, expires_in: 900, interval: 0, message },
        };
      },
    }),
  };
  return devices;
}
