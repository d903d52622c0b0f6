import fs from "node:fs";
import http2 from "node:http2";
import { PaasError } from "../../errors.js";

/**
 * Unary gRPC over HTTP/2 on a UNIX socket. Written here and not taken from a library because a provider's
 * configuration belongs to the connection it came over, and the libraries hide the connection.
 */

/** Answers one call. `connection` is the same object for all calls of one client connection. */
export type UnaryMethod = (request: Buffer, connection: object) => Buffer;

const STATUS = { ok: "0", unimplemented: "12", internal: "13" } as const;
const FRAME_HEADER = 5;
/** `sun_path` holds 104 bytes on macOS, 108 on Linux, the final zero included. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Serves `methods`, keyed by their full path (`/tfplugin5.Provider/Stop`), until closed.
 * The socket is readable and writable by its owner only; one left over by a killed process is replaced.
 * @param onError is told about a method that threw; the client gets status INTERNAL with the message
 * @throws PaasError `socket-path-too-long`
 */
export async function serveUnary(
  socket: string,
  methods: Record<string, UnaryMethod>,
  onError: (path: string, error: unknown) => void,
): Promise<{ close(): Promise<void> }> {
  if (Buffer.byteLength(socket) > LONGEST_SOCKET_PATH) {
    throw new PaasError("socket-path-too-long", `${socket}: a socket's path may have ${LONGEST_SOCKET_PATH} bytes`);
  }
  const server = http2.createServer();
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => session.destroy());
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => stream.destroy());
    const path = headers[":path"] ?? "";
    const method = methods[path];
    // Streaming calls are never ended by the client, so an unknown method is answered before its request is read.
    if (method === undefined || stream.session === undefined) return refuse(stream, STATUS.unimplemented, path);
    answer(stream, method, stream.session, (error) => onError(path, error));
  });
  fs.rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  fs.chmodSync(socket, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

function answer(
  stream: http2.ServerHttp2Stream,
  method: UnaryMethod,
  connection: object,
  onError: (error: unknown) => void,
): void {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => {
    try {
      succeed(stream, method(payload(Buffer.concat(chunks)), connection));
    } catch (error) {
      onError(error);
      refuse(stream, STATUS.internal, error instanceof Error ? error.message : String(error));
    }
  });
}

function payload(frame: Buffer): Buffer {
  if (frame.length < FRAME_HEADER) throw new RangeError("gRPC: the request has no message");
  if (frame[0] !== 0) throw new RangeError("gRPC: compressed messages are not supported");
  return frame.subarray(FRAME_HEADER, FRAME_HEADER + frame.readUInt32BE(1));
}

function succeed(stream: http2.ServerHttp2Stream, body: Buffer): void {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUInt32BE(body.length, 1);
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": STATUS.ok }));
  stream.end(Buffer.concat([header, body]));
}

function refuse(stream: http2.ServerHttp2Stream, status: string, message: string): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": status,
      "grpc-message": encodeURIComponent(message),
    },
    { endStream: true },
  );
}
