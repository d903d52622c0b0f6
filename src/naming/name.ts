import { nameHash } from "./hash.js";
import { KINDS, type Kind, type KindRule } from "./kinds.js";

/** Whose resource it is: everything that its name is made of. */
export type NameOwner = {
  project: { id: string; name: string };
  subscriptionId: string;
  /** Environment id, or `platform-<tier>` for what a tier shares. */
  envId: string;
  generation: number;
};

/** Below this limit, in characters, a name always ends in a hash. */
const ROOMY = 40;

/** Words that Azure refuses anywhere in the name of something with a public endpoint. */
const RESERVED_WORDS = /microsoft|windows/;

/**
 * Name of a resource: `<abbreviation>-<project>-<envId>[-<service>][-<hash>]`, joined without dashes where the kind
 * admits none. What is too long loses the project first, then the end of the envId; service and hash are never cut.
 * Kinds with little room, global ones, and names that had to be cut end in the hash.
 * @param service for kinds that there is one of per service; the name contains it
 */
export function resourceName(kind: Kind, owner: NameOwner, service = ""): string {
  const rule: KindRule = KINDS[kind];
  if (!rule.global && rule.max >= ROOMY) {
    const whole = join(rule, [rule.abbreviation, owner.project.name, owner.envId, service]);
    if (whole.length <= rule.max && admits(rule, whole)) return whole;
  }
  const hash = nameHash([
    owner.project.id,
    owner.subscriptionId.toLowerCase(),
    kind,
    service,
    owner.envId,
    String(owner.generation),
  ]);
  const room = rule.max - join(rule, [rule.abbreviation, service, hash]).length;
  const name = join(rule, [rule.abbreviation, ...cutToFit(rule, owner, room), service, hash]);
  return admits(rule, name) ? name : join(rule, [rule.abbreviation, hash]);
}

function admits(rule: KindRule, name: string): boolean {
  return !(rule.public && RESERVED_WORDS.test(name));
}

/** Project and envId cut so that they, with a separator each, take at most `room` characters. */
function cutToFit(rule: KindRule, owner: NameOwner, room: number): [project: string, envId: string] {
  const separator = rule.dash ? 1 : 0;
  const envId = cut(join(rule, [owner.envId]), room - separator);
  const project = cut(join(rule, [owner.project.name]), room - envId.length - 2 * separator);
  return [project, envId];
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, Math.max(0, length)).replace(/-+$/, "");
}

function join(rule: KindRule, parts: string[]): string {
  let text = "";
  for (const part of parts) if (part !== "") text += text === "" ? part : `-${part}`;
  return rule.dash ? text : text.replaceAll("-", "");
}
