import { expect, test } from "vitest";
import { type Refusal, waitBefore } from "../../src/github/retry.js";

const NOW = 1_000_000_000_000;
const PLENTY = 120_000;
const refusal = (status: number, headers: Refusal["headers"] = {}, message = ""): Refusal => ({
  status,
  headers,
  message,
});

test.each<[string, Refusal, number, number, number | null]>([
  ["trouble, first time", refusal(500), 1, PLENTY, 1000],
  ["trouble, third time", refusal(504), 3, PLENTY, 4000],
  ["trouble, fourth time", refusal(500), 4, PLENTY, null],
  ["trouble without time left", refusal(500), 1, 999, null],
  ["a mistake of ours", refusal(422), 1, PLENTY, null],
  ["not found", refusal(404), 1, PLENTY, null],
  ["not allowed", refusal(403, {}, "Resource not accessible by integration"), 1, PLENTY, null],
  ["limit with an answer", refusal(429, { "retry-after": "5" }), 1, PLENTY, 5000],
  ["limit with an answer of 403", refusal(403, { "retry-after": "5" }), 1, PLENTY, 5000],
  ["limit that asks for nothing", refusal(429, { "retry-after": "0" }), 1, PLENTY, 0],
  ["limit that says nothing", refusal(429), 1, PLENTY, 60_000],
  ["burst limit", refusal(403, {}, "You have exceeded a secondary rate limit"), 1, PLENTY, 60_000],
  [
    "hourly limit",
    refusal(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": NOW / 1000 + 10 }),
    1,
    PLENTY,
    11_000,
  ],
  [
    "hourly limit that is over",
    refusal(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": NOW / 1000 - 10 }),
    1,
    PLENTY,
    1000,
  ],
  [
    "hourly limit of an hour",
    refusal(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": NOW / 1000 + 3600 }),
    1,
    PLENTY,
    null,
  ],
  [
    "403 with requests left",
    refusal(403, { "x-ratelimit-remaining": "12", "x-ratelimit-reset": NOW / 1000 + 1 }),
    1,
    PLENTY,
    null,
  ],
])("%s", (_, refused, attempt, left, wait) => expect(waitBefore(refused, attempt, NOW, left)).toBe(wait));
