/** Subscription of the simulated Azure; every local cloud has this one. */
export const LOCAL_SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";

/** Its tenant. */
export const LOCAL_TENANT = "00000000-0000-4000-8000-0000000000ff";
