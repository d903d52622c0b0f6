import type { IncomingMessage } from "node:http";
import { PaasError } from "../errors.js";

/**
 * Reads a request's whole body as text.
 * @param limit bytes; a longer body is an error (`request-too-large`) and is not read further
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new PaasError("request-too-large", `a request body is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
