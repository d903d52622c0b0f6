import https from "node:https";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Arm, openArm } from "../../src/azure/arm.js";
import { azureFailure } from "../../src/azure/failure.js";
import { localClientOptions, makeCertificate } from "../../src/local/certificate.js";
import { listenOnLoopback } from "../../src/local/front-socket.js";

/* The protocol of Resource Manager where the stand-in does not go: each answer is given by the test itself. */

type Answer = { status?: number; headers?: Record<string, string>; body?: unknown };

let arm: Arm;
let base: string;
let close: () => Promise<void>;
let answers: Answer[];
let asked: { at: number; path: string }[];
beforeAll(async () => {
  const certificate = makeCertificate(new Date(), ["127.0.0.1"]);
  const server = https.createServer(certificate, (request, response) => {
    asked.push({ at: Date.now(), path: request.url?.split("?")[0] ?? "" });
    const { status = 200, headers = {}, body } = answers.shift() ?? { status: 500 };
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === undefined ? "" : JSON.stringify(body));
  });
  const front = await listenOnLoopback(server);
  close = front.close;
  base = `https://127.0.0.1:${front.port}`;
  const credential = { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 1e6 }) };
  const options = { ...localClientOptions(certificate.cert), retryOptions: { maxRetries: 0 } };
  arm = openArm({ url: base, credential, options });
});
afterAll(() => close());
beforeEach(() => {
  answers = [];
  asked = [];
});

const run = () => arm.run({ method: "DELETE", path: "/a", version: "1" });
const operation = (headers: Record<string, string> = {}) => ({
  status: 202,
  headers: { "azure-asyncoperation": `${base}/operation`, location: `${base}/location`, ...headers },
});
const listed = async () => {
  const items: unknown[] = [];
  for await (const item of arm.list("/list", "1")) items.push(item);
  return items;
};

describe("a list", () => {
  test("has pages, empty ones and ones without a value among them, and fields that nobody knows", async () => {
    answers = [
      { body: { value: [{ id: 1, news: {} }], nextLink: `${base}/second`, count: 2 } },
      { body: { value: [], nextLink: `${base}/third` } },
      { body: { value: null, nextLink: `${base}/fourth` } },
      { body: { value: [{ id: 2 }], nextLink: null } },
    ];
    expect(await listed()).toEqual([{ id: 1, news: {} }, { id: 2 }]);
    expect(asked.map(({ path }) => path)).toEqual(["/list", "/second", "/third", "/fourth"]);
  });

  test("that leads back to itself ends", async () => {
    answers = Array.from({ length: 5 }, () => ({ body: { value: [1], nextLink: `${base}/again` } }));
    expect(await listed()).toEqual([1, 1]);
  });
});

describe("an operation", () => {
  test("told in both ways is followed by its status alone", async () => {
    answers = [
      operation(),
      { body: { status: "InProgress", percentComplete: 3 } },
      { body: { status: "Deleting" } },
      { body: { status: "Succeeded" } },
    ];
    await run();
    expect(asked.slice(1).map(({ path }) => path)).toEqual(["/operation", "/operation", "/operation"]);
  });

  test("told by a place is done with the first other answer than 202", async () => {
    answers = [
      { status: 202, headers: { location: `${base}/first` } },
      { status: 202, headers: { location: `${base}/moved` } },
      { status: 202 },
      { status: 200, body: { is: "done" } },
    ];
    expect(await run()).toEqual({ is: "done" });
    expect(asked.slice(1).map(({ path }) => path)).toEqual(["/first", "/moved", "/moved"]);
  });

  test.each(["Canceled", "Cancelled", "Failed"])("that ends %s has failed", async (status) => {
    answers = [operation(), { body: { status } }];
    const error = await run().then(
      () => null,
      (thrown: unknown) => azureFailure("delete a", thrown),
    );
    expect(error).toMatchObject({
      code: "azure-failed",
      message: `could not delete a: ${status}`,
      details: [`the operation ended with status ${status}`],
    });
  });

  test("that fails says why", async () => {
    const error = { code: "VaultBusy", message: "try later" };
    answers = [operation(), { body: { status: "Failed", error } }];
    await expect(run()).rejects.toMatchObject(error);
  });

  test("whose end is told without a word has ended", async () => {
    answers = [operation(), { status: 204 }];
    await run();
    expect(answers).toEqual([]);
  });

  test.each([
    ["seconds", () => "1"],
    ["a date", () => new Date(Date.now() + 2000).toUTCString()],
  ])("is asked about no sooner than Azure says, in %s", async (_, when) => {
    answers = [operation({ "retry-after": when() }), { body: { status: "Succeeded" } }];
    await run();
    const [first, second] = asked.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(900);
  });

  test("that does not end is told, and what to do", async () => {
    let now = Date.now();
    const clock = vi.spyOn(Date, "now").mockImplementation(() => {
      now += 20 * 60_000;
      return now;
    });
    answers = [operation({ "retry-after": "0" })];
    const failed = run().finally(() => clock.mockRestore());
    await expect(failed).rejects.toMatchObject({
      code: "azure-slow",
      message: "DELETE /a did not end in 30 minutes",
      next: "run the same command again in some minutes; it goes on where it was",
    });
  });

  test("is left alone when the run is stopped", async () => {
    answers = [operation({ "retry-after": "600" })];
    const stop = new AbortController();
    const running = arm.run({ method: "DELETE", path: "/a", version: "1", signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });
});
