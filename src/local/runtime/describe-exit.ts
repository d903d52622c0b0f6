import type { Exit } from "./process-group.js";

/** How a program ended: `exited with code 1`. */
export function describeExit({ code, signal, error }: Exit): string {
  if (error?.code === "ENOENT") return "was not found on this machine";
  if (error) return `could not be started: ${error.message}`;
  return signal ? `was ended by ${signal}` : `exited with code ${code}`;
}
