import type { ArmContext, ArmRequest } from "../../../src/local/arm/exchange.js";
import { isFields } from "../../../src/local/arm/fields.js";
import type { Core } from "./core.js";
import type { Call } from "./route.js";

/** A call as the local cloud's simulated Resource Manager takes it: where it plays a part already, it is used. */
export function simulatedRequest({ method, path, query, body, origin }: Call): ArmRequest {
  return { method, path, query, body: isFields(body) ? body : {}, origin };
}

export function simulatedContext({ store, subscriptionId }: Core): ArmContext {
  return { store, subscriptionId };
}
