import http from "node:http";
import net from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startDoor } from "../../../src/local/door.js";
import { mintToken } from "../../../src/local/token.js";
import { type OpenCloud, openCloud } from "../front/open-cloud.js";

let cloud: OpenCloud;
beforeAll(async () => {
  cloud = await openCloud();
});
afterAll(() => cloud.close());
beforeEach(() => {
  cloud.door.refused.length = 0;
});

/** First line that the door answers to a CONNECT; empty when it closes the socket. */
function connectTo(target: string, password: string | null, port = cloud.door.port): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const credentials = Buffer.from(`paas:${password}`).toString("base64");
    const header = password === null ? "" : `Proxy-Authorization: Basic ${credentials}\r\n`;
    const socket = net.connect(port, "127.0.0.1", () =>
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${header}\r\n`),
    );
    socket.on("data", (text) => {
      answer += text;
      socket.end();
    });
    socket.on("error", reject).on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
  });
}

test.each([
  "stpaastest.blob.core.windows.net:443",
  "login.microsoftonline.com:443",
  "management.azure.com:443",
  "Management.Azure.COM:443",
])("leads %s to the front", async (target) => {
  expect(await connectTo(target, cloud.token)).toBe("HTTP/1.1 200 Connection Established");
  expect(cloud.door.refused).toEqual([]);
});

test.each([
  "example.com:443",
  "management.azure.com:80",
  "management.azure.com.example.com:443",
  "x.y.blob.core.windows.net:443",
  "login.microsoftonline.us:443",
  "127.0.0.1:443",
])("closes the socket on %s and remembers it", async (target) => {
  expect(await connectTo(target, cloud.token)).toBe("");
  expect(cloud.door.refused).toEqual([target]);
});

test("closes the socket on whoever does not know the token", async () => {
  const expired = mintToken(cloud.secret, { audience: "paas", lifetime: -1 });
  const foreign = mintToken(Buffer.alloc(32), { audience: "paas", lifetime: 60 });
  for (const password of [null, "", "wrong", expired, foreign]) {
    expect(await connectTo("management.azure.com:443", password)).toBe("");
  }
  expect(cloud.door.refused).toHaveLength(5);
});

test("is no proxy for plain HTTP", async () => {
  const request = http.get({ port: cloud.door.port, host: "127.0.0.1", path: "http://example.com/" });
  const error = await new Promise<Error>((resolve) => request.once("error", resolve));
  expect(error.message).toContain("socket hang up");
  expect(cloud.door.refused).toEqual(["http://example.com/"]);
});

test("forgets the oldest refusals", async () => {
  const door = await startDoor({ secret: cloud.secret, front: cloud.front.port });
  for (let number = 0; number < 102; number++) await connectTo(`h${number}:443`, null, door.port);
  expect(door.refused).toHaveLength(100);
  expect(door.refused[0]).toBe("h2:443");
  await door.close();
});
