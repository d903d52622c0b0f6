import fs from "node:fs";
import http2 from "node:http2";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serveUnary, type UnaryMethod } from "../../../src/local/provider/grpc.js";
import { MessageReader, MessageWriter } from "../../../src/local/provider/protobuf.js";
import { decodeValue, encodeValue, UNKNOWN } from "../../../src/local/provider/values.js";

let folder = "";
let server: { close(): Promise<void> } | undefined;
const errors: string[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-wire-"));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  errors.length = 0;
  fs.rmSync(folder, { recursive: true, force: true });
});

async function serve(methods: Record<string, UnaryMethod>): Promise<string> {
  const socket = path.join(folder, "s.sock");
  server = await serveUnary(socket, methods, (method, error) => errors.push(`${method} ${error}`));
  return socket;
}

type Answer = { status: string; message: string; body: Buffer };

/** One call as a gRPC client makes it; `isOpen` leaves the request unfinished, as streaming calls do. */
async function call(session: http2.ClientHttp2Session, method: string, body: Buffer, isOpen = false): Promise<Answer> {
  const stream = session.request({ ":method": "POST", ":path": method, "content-type": "application/grpc" });
  const header = Buffer.alloc(5);
  header.writeUInt32BE(body.length, 1);
  const frame = Buffer.concat([header, body]);
  if (isOpen) stream.write(frame);
  else stream.end(frame);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status: http2.IncomingHttpHeaders = {};
    stream.on("response", (headers) => Object.assign(status, headers));
    stream.on("trailers", (trailers) => {
      status = { ...status, ...trailers };
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("end", () => {
      const message = decodeURIComponent(String(status["grpc-message"] ?? ""));
      resolve({ status: String(status["grpc-status"]), message, body: Buffer.concat(chunks).subarray(5) });
    });
  });
}

async function connected<Result>(
  socket: string,
  use: (session: http2.ClientHttp2Session) => Promise<Result>,
): Promise<Result> {
  const session = http2.connect("http://localhost", { createConnection: () => net.connect(socket) });
  try {
    return await use(session);
  } finally {
    session.destroy();
  }
}

test("a call is answered, and each connection is told from the others", async () => {
  const seen = new Set<object>();
  const socket = await serve({
    "/test/Echo": (body, connection) => {
      seen.add(connection);
      return Buffer.concat([body, Buffer.from("!")]);
    },
  });
  const twice = (session: http2.ClientHttp2Session) =>
    Promise.all([call(session, "/test/Echo", Buffer.from("a")), call(session, "/test/Echo", Buffer.from("b"))]);
  const answers = [await connected(socket, twice), await connected(socket, twice)];
  expect(answers.flat().map(({ status, body }) => status + body.toString())).toEqual(["0a!", "0b!", "0a!", "0b!"]);
  expect(seen.size).toBe(2);
});

test("a large answer arrives whole", async () => {
  const socket = await serve({ "/test/Large": () => Buffer.alloc(3_000_000, 7) });
  const { body } = await connected(socket, (session) => call(session, "/test/Large", Buffer.from("x")));
  expect(body.equals(Buffer.alloc(3_000_000, 7))).toBe(true);
});

test("an unknown method is refused at once, though its request never ends", async () => {
  const socket = await serve({});
  const answer = await connected(socket, (session) => call(session, "/test/Stream", Buffer.from("x"), true));
  expect(answer.status).toBe("12");
});

test("a method that throws answers with its message, and the server goes on", async () => {
  const socket = await serve({
    "/test/Fail": () => {
      throw new Error("bröken: 100 %");
    },
  });
  const fail = (session: http2.ClientHttp2Session) => call(session, "/test/Fail", Buffer.from("x"));
  expect(await connected(socket, fail)).toMatchObject({ status: "13", message: "bröken: 100 %" });
  expect(await connected(socket, fail)).toMatchObject({ status: "13" });
  expect(errors).toHaveLength(2);
});

test("only its owner may open the socket, and closing removes it", async () => {
  const socket = path.join(folder, "s.sock");
  fs.writeFileSync(socket, "left over by a killed process");
  await serve({});
  expect(fs.statSync(socket).mode & 0o777).toBe(0o600);
  await server?.close();
  server = undefined;
  expect(fs.existsSync(socket)).toBe(false);
});

test("closing does not wait for a client that stays connected", async () => {
  const socket = await serve({ "/test/Echo": (body) => body });
  await connected(socket, async (session) => {
    await call(session, "/test/Echo", Buffer.from("x"));
    await server?.close();
    server = undefined;
  });
});

test("a path that no socket can have is an error that says so", async () => {
  const socket = path.join(folder, "x".repeat(120));
  await expect(serveUnary(socket, {}, () => {})).rejects.toMatchObject({ code: "socket-path-too-long" });
});

test("messages are read as they were written", () => {
  const long = "ü".repeat(200);
  const written = new MessageWriter()
    .string(1, long)
    .int(2, 2 ** 40)
    .bool(3, true)
    .bool(4, false)
    .message(5, new MessageWriter().choice(3, 0))
    .bytes(6, Buffer.from([0, 255]))
    .finish();
  const message = new MessageReader(written);
  expect([message.string(1), message.int(2), message.int(3), message.int(4)]).toEqual([long, 2 ** 40, 1, 0]);
  // The zero of a choice is there; every other zero is not.
  expect(message.bytes(5)).toEqual(Buffer.from([3 << 3, 0]));
  expect([...message.bytes(6)]).toEqual([0, 255]);
  expect(message.string(99)).toBe("");
});

test.each([
  ["a field that ends early", [0x0a, 5, 1]],
  ["a number that does not end", [0x08, 0x80]],
  ["a wire type that is unknown", [0x0b]],
])("%s is an error", (_title, bytes) => {
  expect(() => new MessageReader(Buffer.from(bytes))).toThrow(RangeError);
});

test("values keep what is unknown", () => {
  const value = { known: ["a", 1, 0.5, true, null], nested: [{ id: UNKNOWN }] };
  expect(decodeValue(encodeValue(value))).toEqual(value);
  const refined = Buffer.from([0xc7, 1, 12, 0x80]);
  expect(decodeValue(refined)).toBe(UNKNOWN);
  expect(decodeValue(Buffer.alloc(0))).toBeNull();
});
