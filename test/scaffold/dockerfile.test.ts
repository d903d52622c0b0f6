import { expect, test } from "vitest";
import { isGenerated } from "../../src/manifest/conventions.js";
import { type DockerfileFacts, describeDockerfile } from "../../src/scaffold/dockerfile.js";

const nothing: DockerfileFacts = { port: null, command: null, health: null };

test.each<[name: string, text: string, facts: Partial<DockerfileFacts>]>([
  ["exposes a port", "FROM a\nEXPOSE 3000", { port: 3000 }],
  ["with a protocol, and the first of several", "FROM a\nEXPOSE 8080/tcp 9090", { port: 8080 }],
  ["UDP is no port for HTTP", "FROM a\nEXPOSE 53/udp", {}],
  ["by a variable", "FROM a\nARG PORT=4000\nEXPOSE $PORT", { port: 4000 }],
  ["by a variable of the old form, in braces", `FROM a\nENV APP_PORT 4100\nEXPOSE \${APP_PORT}`, { port: 4100 }],
  ["by the default of a variable", `FROM a\nEXPOSE \${OTHER:-4200}`, { port: 4200 }],
  ["PORT, when nothing is exposed", "FROM a\nENV NODE_ENV=production PORT=3300", { port: 3300 }],
  ["what a build stage exposes does not count", "FROM a\nEXPOSE 1000\nFROM b", {}],
  ["the last command", 'FROM a\nCMD ["old"]\nCMD ["node", "server.js"]', { command: ["node", "server.js"] }],
  ["a shell line", "FROM a\nCMD npm start", { command: ["npm start"] }],
  ["an entry point", 'FROM a\nENTRYPOINT ["/app"]', { command: ["/app"] }],
  ["lower case and continued lines", 'from a\nexpose \\\n  5000\ncmd ["x"]', { port: 5000, command: ["x"] }],
  ["a comment inside a continued line", "FROM a\nEXPOSE \\\n# why\n  5000", { port: 5000 }],
  [
    "a health path",
    "FROM a\nHEALTHCHECK --interval=5s CMD curl -f http://localhost:3000/healthz || exit 1",
    { health: "/healthz" },
  ],
  ["a health path in the exec form", 'FROM a\nHEALTHCHECK CMD ["wget", "http://127.0.0.1/up?x=1"]', { health: "/up" }],
  ["the root as health path", "FROM a\nHEALTHCHECK CMD curl -f http://localhost:3000", { health: "/" }],
  ["no health check", "FROM a\nHEALTHCHECK NONE", {}],
])("%s", (_, text, facts) => {
  expect(describeDockerfile(text)).toEqual({ ...nothing, ...facts });
});

test("ours is told by its first line alone", () => {
  expect(isGenerated("# Written by paas init: yours\nFROM a")).toBe(true);
  expect(isGenerated("FROM a\n# written by paas init")).toBe(false);
});
