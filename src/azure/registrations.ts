import type { Arm } from "./arm.js";
import { azureFailure } from "./failure.js";
import { type Patience, untilDone } from "./patience.js";

const VERSION = "2025-04-01";

/** Resource providers of a subscription: nothing of theirs can be made before they are registered. */
export type Registrations = {
  registered(namespace: string): Promise<boolean>;
  /** Registers, and waits until it counts. */
  register(namespace: string, signal: AbortSignal): Promise<void>;
};

class NotYet extends Error {}

export function openRegistrations(arm: Arm, subscriptionId: string, patience: Patience): Registrations {
  const at = (namespace: string) => `/subscriptions/${subscriptionId}/providers/${namespace}`;
  const registered = async (namespace: string) => {
    try {
      const { registrationState } = await arm.get<{ registrationState: string }>(at(namespace), VERSION);
      return registrationState === "Registered";
    } catch (error) {
      throw azureFailure(`see whether ${namespace} is registered`, error);
    }
  };
  return {
    registered,
    register: async (namespace, signal) => {
      try {
        await arm.run({ method: "POST", path: `${at(namespace)}/register`, version: VERSION, signal });
        const settled = async () => {
          if (!(await registered(namespace))) throw new NotYet(`${namespace} is still being registered`);
        };
        await untilDone(settled, (error) => error instanceof NotYet, patience, signal);
      } catch (error) {
        throw azureFailure(`register ${namespace}`, error);
      }
    },
  };
}
