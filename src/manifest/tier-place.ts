import { type PlatformBlock, TIERS, type Tier, type TierPlace } from "./manifest.js";

/** Where the platform of a tier lies: in its own subscription, or in the one that all tiers without one share. */
export function placeOf({ subscription, stateAccount, tiers }: PlatformBlock, tier: Tier): TierPlace {
  return tiers[tier] ?? { subscription, stateAccount };
}

/** The subscriptions of a project, that of the tiers that share one first. */
export function placesOf({ subscription, stateAccount, tiers }: PlatformBlock): TierPlace[] {
  return [{ subscription, stateAccount }, ...Object.values(tiers)];
}

/** The storage account of a subscription's states; null where nothing of the project is noted there. */
export function accountIn(block: PlatformBlock | null, subscriptionId: string): string | null {
  const places = block ? placesOf(block) : [];
  return places.find(({ subscription }) => isSame(subscription, subscriptionId))?.stateAccount ?? null;
}

/**
 * Whether it is noted where a tier lies, so that no other subscription can be chosen for it. A block that no identity
 * is noted in, as people write it by hand, is that of every tier.
 */
export function isSettled({ tiers, identities }: PlatformBlock, tier: Tier): boolean {
  const isMade = (one: Tier) => identities[one] !== undefined;
  return tiers[tier] !== undefined || isMade(tier) || !TIERS.some(isMade);
}

/** The block with a tier at a place; a tier that leaves the shared one gets an entry of its own. */
export function withTier(block: PlatformBlock, tier: Tier, place: TierPlace): PlatformBlock {
  if (block.tiers[tier] || !isSame(block.subscription, place.subscription)) {
    return { ...block, tiers: { ...block.tiers, [tier]: place } };
  }
  return { ...block, ...place };
}

/** The block after a tier is taken down: its place and its identities are forgotten. */
export function withoutTier(block: PlatformBlock, tier: Tier): PlatformBlock {
  const others = TIERS.filter((one) => one !== tier);
  const identities = identitiesOf(block, others);
  const tiers = Object.fromEntries(Object.entries(block.tiers).filter(([one]) => one !== tier));
  // The place that all tiers shared is nobody's any more: that of the tier which stays takes its turn.
  const [other] = others;
  const moves = other !== undefined && block.tiers[other] !== undefined;
  return moves ? { ...block, ...placeOf(block, other), identities, tiers: {} } : { ...block, identities, tiers };
}

/** Pull requests are planned with what nonprod has; whatever a person has added goes with nothing. */
function identitiesOf({ identities }: PlatformBlock, tiers: readonly Tier[]): Record<string, string> {
  const isOfOther = (purpose: string) =>
    TIERS.some((tier) => !tiers.includes(tier) && (purpose === tier || (purpose === "plan" && tier === "nonprod")));
  return Object.fromEntries(Object.entries(identities).filter(([purpose]) => !isOfOther(purpose)));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
