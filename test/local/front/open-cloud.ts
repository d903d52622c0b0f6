import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Certificate,
  localClientOptions,
  makeCertificate,
  writeCertificate,
} from "../../../src/local/certificate.js";
import { type Door, startDoor } from "../../../src/local/door.js";
import { createEntra } from "../../../src/local/entra.js";
import { type Front, type Handler, sendJson, startFront } from "../../../src/local/front.js";
import { openStorage, type Storage } from "../../../src/local/storage.js";
import { makeSecret, mintToken, tokenCredential } from "../../../src/local/token.js";

export const ACCOUNT = "stpaastest";

export type OpenCloud = {
  folder: string;
  certificate: Certificate;
  certFile: string;
  secret: Buffer;
  token: string;
  front: Front;
  door: Door;
  storage: Storage;
  errors: unknown[];
  /** Lets the answer to `/paas/stream`, which waits after its first line, go on. */
  continueStream(): void;
  /** What a client of the state account needs. */
  blobs: { url: string; credential: ReturnType<typeof tokenCredential>; options: Record<string, unknown> };
  close(): Promise<void>;
};

/** The local cloud without its provider and runtime, in a folder of its own. */
export async function openCloud({
  arm,
  storage: wrap,
}: {
  arm?: Handler;
  storage?: (real: Handler) => Handler;
} = {}): Promise<OpenCloud> {
  const folder = mkdtempSync(path.join(tmpdir(), "paas-cloud-"));
  const certificate = makeCertificate();
  const { certFile } = writeCertificate(folder, certificate);
  const secret = makeSecret();
  const token = mintToken(secret, { audience: "paas", lifetime: 600 });
  const storage = await openStorage({ folder: path.join(folder, "storage"), account: ACCOUNT });
  const errors: unknown[] = [];
  let continueStream = () => {};
  const front = await startFront({
    certificate,
    secret,
    account: ACCOUNT,
    storage: wrap ? wrap(storage.listener) : storage.listener,
    entra: createEntra({ secret }),
    arm: arm ?? ((_request, response) => sendJson(response, 200, { part: "arm" })),
    control: (request, response) => {
      if (request.url === "/paas/fail") throw new Error("secret detail");
      if (request.url !== "/paas/stream") return sendJson(response, 200, { part: "control" });
      response.write("first\n");
      continueStream = () => response.end("second\n");
    },
    onError: (error) => errors.push(error),
  });
  const door = await startDoor({ secret, front: front.port });
  return {
    folder,
    certificate,
    certFile,
    secret,
    token,
    front,
    door,
    storage,
    errors,
    continueStream: () => continueStream(),
    blobs: {
      url: `${front.url}/${ACCOUNT}`,
      credential: tokenCredential(token),
      options: localClientOptions(certificate.cert),
    },
    async close() {
      await door.close();
      await front.close();
      await storage.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
