import type { Endpoint, LogLine, LogRequest } from "../cloud.js";
import type { Platform } from "../environment/environment.js";
import type { Tier } from "../manifest/manifest.js";
import type { ClientOptions } from "./client.js";

export type LogSources = {
  arm: Endpoint;
  platform: (tier: Tier) => Platform;
  subscriptionId: string;
  options: ClientOptions;
};

export async function* azureLogs(_request: LogRequest, _sources: LogSources): AsyncGenerator<LogLine> {}
