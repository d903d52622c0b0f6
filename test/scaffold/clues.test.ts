import { describe, expect, test } from "vitest";
import { healthInSource, portInCommand, portInSource } from "../../src/scaffold/clues.js";
import { listing } from "./files.js";

describe("the port that a source file listens on", () => {
  test.each<[text: string, port: number | null, fixed?: boolean]>([
    ["app.listen(process.env.PORT || 3000)", 3000, false],
    ["app.listen(process.env.PORT ?? '4000')", 4000, false],
    ['const port = parseInt(process.env["PORT"] || "8081", 10);', 8081, false],
    ["const port = Number(process.env.PORT) || 5001;", 5001, false],
    ["const { PORT = 3000 } = process.env;", 3000, false],
    ["const port = process.env.PORT ? Number(process.env.PORT) : 3210;", 3210, false],
    ['import { env } from "node:process"; listen(env.PORT ?? 3100)', 3100, false],
    ['port = int(os.environ.get("PORT", 8000))', 8000, false],
    ['port = int(os.getenv("PORT", "8000"))', 8000, false],
    ['port = os.environ.get("PORT") or 8123', 8123, false],
    ["app.listen(process.env.PORT)", null],
    ["app.listen(3000)", 3000, true],
    ["const PORT = 3000;\napp.listen(PORT);", 3000, true],
    ["app.run(port=5000)", 5000, true],
    ["serve({ fetch: app.fetch, port: 8787 })", 8787, true],
    ["// app.listen(process.env.PORT || 3000)", null],
    ["app.listen(process.env.PORT || 99999)", null],
    ["const timeout = 3000;", null],
  ])("%s", (text, port, fixed) => {
    const clue = portInSource(listing({ "server.js": text }), "server.js");
    expect(clue && [clue.value, clue.fixed]).toEqual(port === null ? null : [port, fixed]);
  });

  test("a long line is shown around the match", () => {
    const line = `const { GREETING = "Hello", ${"X, ".repeat(20)}PORT = "3000" } = process.env;`;
    expect(portInSource(listing({ "a.js": line }), "a.js")?.shown).toBe('…PORT = "3000"…');
  });
});

test.each<[command: string, port: number | null, fixed?: boolean]>([
  ["next start -p 4000", 4000, true],
  [`next start -p \${PORT:-4000}`, 4000, false],
  ["vite preview --port=4173", 4173, true],
  ["gunicorn -b 0.0.0.0:8000 app:app", 8000, true],
  ["PORT=3001 node server.js", 3001, true],
  ["node server.js", null],
  ["serve-p 3000", null],
])("the port in the command %s", (command, port, fixed) => {
  expect(portInCommand(command)).toEqual(port === null ? null : { value: port, fixed });
});

test.each<[text: string, health: string | null]>([
  ["app.get('/healthz', ok)", "/healthz"],
  ['@app.get("/health")', "/health"],
  ["if (url === `/livez`) ok()", "/livez"],
  ["app.get('/healthy-food', list)", null],
  ["# app.get('/healthz')", null],
])("the health route in %s", (text, health) => {
  expect(healthInSource(listing({ "a.js": text }), "a.js")?.value ?? null).toBe(health);
});
