declare const PAAS_VERSION: string | undefined;

/** Version of this CLI; the build writes it in, an unbuilt checkout says so. */
export const version: string = typeof PAAS_VERSION === "string" ? PAAS_VERSION : "0.0.0-source";
