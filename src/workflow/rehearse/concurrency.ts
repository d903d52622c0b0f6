import type { Scope } from "./expressions.js";
import { isObject, type Json } from "./json.js";
import { resolve, resolveText } from "./templates.js";

/** `single`: one may wait, and a newer one takes its place. `max`: up to a hundred wait. */
export type Queue = "single" | "max";
export type Concurrency = { group: string; cancelInProgress: boolean; queue: Queue };

/** With `queue: max`, as many may wait. */
const MOST_WAITING = 100;

/** An evaluated `concurrency:` of a workflow or job; group names do not differ by case. */
export function concurrencyOf(value: Json | undefined, scope: Scope): Concurrency | null {
  if (value === undefined || value === null) return null;
  const settings = isObject(value) ? value : { group: value };
  return {
    group: resolveText(settings.group, scope).toLowerCase(),
    cancelInProgress: resolve(settings["cancel-in-progress"], scope) === true,
    queue: resolve(settings.queue, scope) === "max" ? "max" : "single",
  };
}

/** A run that asks for its group at one time and then needs so much of it (any unit). */
export type Arrival = { id: string; at: number; lasts: number } & Concurrency;
export type Fate = { id: string; fate: "done" | "cancelled while waiting" | "cancelled while running"; end: number };

type Running = { arrival: Arrival; since: number };
type Group = { running: Running | null; waiting: Arrival[] };

/** What becomes of runs that ask for the same or different groups, in the order of their end. */
export function simulate(arrivals: Arrival[]): Fate[] {
  const groups = new Map<string, Group>();
  const fates: Fate[] = [];
  for (const arrival of arrivals.toSorted((left, right) => left.at - right.at)) {
    const group = groups.get(arrival.group) ?? { running: null, waiting: [] };
    groups.set(arrival.group, group);
    fates.push(...letPass(group, arrival.at), ...arrive(group, arrival));
  }
  for (const group of groups.values()) fates.push(...letPass(group, Number.POSITIVE_INFINITY));
  return fates.sort((left, right) => left.end - right.end);
}

/** Runs that end until `time`, each followed by the first that waits. */
function letPass(group: Group, time: number): Fate[] {
  const fates: Fate[] = [];
  while (group.running && endOf(group.running) <= time) {
    const end = endOf(group.running);
    fates.push({ id: group.running.arrival.id, fate: "done", end });
    const next = group.waiting.shift();
    group.running = next ? { arrival: next, since: end } : null;
  }
  return fates;
}

function arrive(group: Group, arrival: Arrival): Fate[] {
  if (!group.running) {
    group.running = { arrival, since: arrival.at };
    return [];
  }
  const end = arrival.at;
  if (arrival.queue === "max" && group.waiting.length >= MOST_WAITING) {
    return [{ id: arrival.id, fate: "cancelled while waiting", end }];
  }
  const replaced = arrival.queue === "single" ? group.waiting.splice(0) : [];
  const fates = replaced.map(({ id }): Fate => ({ id, fate: "cancelled while waiting", end }));
  if (!arrival.cancelInProgress) {
    group.waiting.push(arrival);
    return fates;
  }
  fates.push({ id: group.running.arrival.id, fate: "cancelled while running", end });
  group.running = { arrival, since: arrival.at };
  return fates;
}

function endOf({ arrival, since }: Running): number {
  return since + arrival.lasts;
}
