import https from "node:https";

/**
 * Options that make any Azure SDK client trust the local cloud and go straight to it. The clients consult `HTTPS_PROXY`
 * only when no agent was given, so a company's proxy cannot hijack requests to this machine.
 * @param ca the local cloud's certificate, PEM
 */
export function localClientOptions(ca: string): { agent: https.Agent } {
  return { agent: new https.Agent({ ca, keepAlive: true }) };
}
