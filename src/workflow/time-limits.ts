import type { Manifest } from "../manifest/manifest.js";

/** Minutes that a job may take which applies or destroys. Azure takes up to a quarter of an hour for some things. */
export function applyMinutes(manifest: Manifest): number {
  const dedicated = [manifest.isolation, ...manifest.overlays.map(({ changes }) => changes.isolation)];
  return dedicated.includes("dedicated") ? 60 : 45;
}
