import type { Explained } from "./explained.js";

const quota = { code: "quota-exceeded" };

const THROTTLED = ["TooManyRequests", "SubscriptionRequestsThrottled", "ServerBusy"];

/** Quotas, regions, sizes and the pace of requests. */
export const LIMITS: readonly Explained[] = [
  {
    ...quota,
    codes: ["MaxNumberOfRegionalEnvironmentsInSubExceeded"],
    reads: [/cannot have more than (?<most>\d+)/, /(?:environments|Environments) in (?<region>[A-Z][\w ]+?)\./],
    means: "the subscription may have {most|no more} Container Apps environments in {region|this region}, and has them",
    allowed:
      "{most|as many as the quota says}; `isolation: shared` needs one per tier, `isolation: dedicated` one per environment",
    next: "set `isolation: shared`, destroy an environment (`paas ls`), or ask for more: portal, Quotas, Azure Container Apps",
  },
  {
    ...quota,
    codes: ["MaxNumberOfGlobalEnvironmentsInSubExceeded", "ManagedEnvironmentCountExceededForSubscription"],
    reads: [/cannot have more than (?<most>\d+)/],
    means: "the subscription may have {most|no more} Container Apps environments in all regions together, and has them",
    allowed: "{most|as many as the quota says}; new and free subscriptions may have 1 or none",
    next: "set `isolation: shared`, destroy an environment (`paas ls`), or ask for more: portal, Quotas, Azure Container Apps",
  },
  {
    ...quota,
    codes: ["QuotaExceeded", "ResourceQuotaExceeded", "MaxStorageAccountsCountPerSubscriptionExceeded"],
    reads: [/Current Limit: (?<limit>\d+)/i, /Current Usage: (?<usage>\d+)/i],
    means: "the subscription has used up a quota ({usage|all} of {limit|it})",
    allowed: "what fits below the limit: destroy what nobody needs, or take another region",
    next: "`paas ls` shows what runs; ask for more in the portal under Quotas",
  },
  {
    ...quota,
    codes: ["OperationNotAllowed"],
    words: /quota/i,
    reads: [/approved (?<what>[\w .-]+?) quota/i, /Current Limit: (?<limit>\d+)/i, /Current Usage: (?<usage>\d+)/i],
    means: "this would exceed the subscription's quota of {what|this resource} ({usage|all} of {limit|it} are used)",
    allowed: "what fits below the limit: destroy what nobody needs, or take another region",
    next: "`paas ls` shows what runs; ask for more in the portal under Quotas",
  },
  {
    code: "operation-refused",
    codes: ["OperationNotAllowed"],
    means: "Azure does not allow this in the state that the resource is in",
    next: "see its state in the portal; when something else is changing it, wait for that and run again",
  },
  {
    code: "region-unavailable",
    codes: ["SkuNotAvailable"],
    reads: [/location '(?<region>[^']+)'/],
    means: "this size is not to be had in {region|this region} for this subscription, for now or for good",
    allowed:
      "another size or another region: `az vm list-skus --location {region|<region>} --output table` names the restrictions",
    next: "change `location` in paas.yaml for new environments (existing ones stay where they are), or the size in infra/",
  },
  {
    code: "region-unavailable",
    codes: ["LocationNotAvailableForResourceType"],
    reads: [
      /location '(?<region>[^']+)'/,
      /resource type '(?<type>[^']+)'/,
      /(?:resource type is|regions[^']*) '(?<regions>[^']+)'/,
    ],
    means: "{type|this resource} cannot be made in {region|this region}",
    allowed: "{regions|the regions that `az provider show` lists for it}",
    next: "set `location` in paas.yaml to one of those",
  },
  {
    code: "region-unavailable",
    codes: [
      "ManagedEnvironmentCapacityHeavyUsageError",
      "ManagedEnvironmentNoAvailableCapacityInRegion",
      "AKSCapacityHeavyUsage",
      "RegionDoesNotAllowProvisioning",
      "LocationIsOfferRestricted",
    ],
    means: "the region has no room for this at the moment, or not for this subscription",
    allowed: "another region, or the same one later",
    next: "run again later, or set `location` in paas.yaml to another region for new environments",
  },
  {
    code: "region-unavailable",
    codes: ["RequestDisallowedByAzure"],
    reads: [/Resource '(?<resource>[^']+)' was disallowed/],
    means: "Azure lets this subscription make {resource|this resource} in certain regions only",
    allowed: "the regions that Azure chose for the subscription: in the portal under Policy, Assignments",
    next: "set `location` in paas.yaml to one of those, or ask Azure's support for more",
  },
  {
    code: "throttled",
    codes: THROTTLED,
    words: /\b(?:Retry-After|after) '?\d+'? ?s/i,
    reads: [/after '?(?<seconds>\d+)'? ?s/i],
    means: "too many requests in a short time: Azure asks to wait {seconds|some} seconds",
    next: "run the same command again after that; it goes on where it was",
  },
  {
    code: "throttled",
    codes: THROTTLED,
    means: "too many requests in a short time: Azure asks for patience, and it did not end while paas waited",
    next: "run the same command again in some minutes; it goes on where it was",
  },
];
