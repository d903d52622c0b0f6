import { type IncomingMessage, STATUS_CODES } from "node:http";

/** Headers that belong to one connection and not to the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  // Answered by the gateway itself.
  "expect",
]);

/** Said with every answer, so that nobody takes the local cloud for Azure. */
export const SIMULATED = ["x-simulated-by", "paas"];

/** Headers for the app, as a flat list of names and values. */
export function requestHeaders(request: IncomingMessage, extra: string[] = []): string[] {
  const framing = request.headers["transfer-encoding"] === undefined ? [] : ["transfer-encoding", "chunked"];
  const kept = endToEnd(request).filter(([name]) => !FORWARDED.has(name.toLowerCase()));
  const { host = "" } = request.headers;
  const before = request.headers["x-forwarded-for"];
  const from = [before, request.socket.remoteAddress].flat().filter(Boolean).join(", ");
  return [
    ...kept.flat(),
    ...["x-forwarded-for", from, "x-forwarded-host", host, "x-forwarded-proto", "http"],
    ...framing,
    ...(extra.length > 0 ? extra : ["connection", "close"]),
  ];
}

/** Headers for the client, as a flat list of names and values. */
export function responseHeaders(answer: IncomingMessage): string[] {
  return [...endToEnd(answer).flat(), ...SIMULATED];
}

/** The head of an answer as it goes over the wire, for connections that Node's server no longer looks after. */
export function rawHead(status: number, message: string | undefined, fields: string[]): string {
  const lines = fields.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${fields[index + 1]}\r\n`] : []));
  return `HTTP/1.1 ${status} ${message || STATUS_CODES[status]}\r\n${lines.join("")}\r\n`;
}

const FORWARDED = new Set(["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"]);

/** Pairs of name and value, in order and with repetitions, without those of the connection. */
function endToEnd({ rawHeaders, headers }: IncomingMessage): [string, string][] {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return pairs.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !named.includes(name.toLowerCase()));
}
