import type { Step } from "./step.js";
import { BEFORE } from "./steps/before.js";
import { END } from "./steps/end.js";
import { ENVIRONMENT } from "./steps/environment.js";
import { PLATFORM } from "./steps/platform.js";
import { VERSIONS } from "./steps/versions.js";

/** The whole loop of paas, in order. */
export const STEPS: Step[] = [...BEFORE, ...PLATFORM, ...ENVIRONMENT, ...VERSIONS, ...END];
