/** A Node app without dependencies: it answers with what it knows of itself, one `name=value` per line. */
export const APP: Record<string, string> = {
  "package.json": JSON.stringify({ name: "app", private: true, scripts: { start: "node server.js" } }),
  "server.js": `const http = require("node:http");
http
  .createServer((request, response) => {
    const { PAAS_ENVIRONMENT, PAAS_BRANCH, PAAS_COMMIT, GREETING } = process.env;
    const facts = { environment: PAAS_ENVIRONMENT, branch: PAAS_BRANCH, commit: PAAS_COMMIT, greeting: GREETING };
    const all = { ...facts, pid: process.pid, version: "one" };
    response.end(Object.entries(all).map(([name, value]) => name + "=" + value + "\\n").join(""));
  })
  .listen(Number(process.env.PORT), "127.0.0.1", () => console.log("listening"));
`,
};

/** The app after a change of its code. */
export function appOf(version: string): Record<string, string> {
  return { "server.js": (APP["server.js"] ?? "").replace('version: "one"', `version: "${version}"`) };
}

/** What the app says of itself. */
export function factsOf(body: string): Record<string, string> {
  const pairs = body
    .trimEnd()
    .split("\n")
    .map((line) => line.split("=") as [string, string]);
  return Object.fromEntries(pairs);
}
