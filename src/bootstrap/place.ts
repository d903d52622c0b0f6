import { TAG } from "../environment/tags.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Place } from "./step.js";

export function inSubscription(id: string): Place {
  return { kind: "subscription", id };
}

export function inGroup(name: string): Place {
  return { kind: "group", name };
}

/** Tags of what a project has once, whatever its tiers. */
export function tagsOf(manifest: Manifest): Record<string, string> {
  return { [TAG.projectId]: manifest.id, [TAG.project]: manifest.name, [TAG.kind]: "platform" };
}
