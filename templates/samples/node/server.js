import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { page } from "./page.js";

const { GREETING = "Hello", PAAS_ENVIRONMENT, PAAS_COMMIT, HOST = "127.0.0.1", PORT = "3000" } = process.env;

const app = new Hono();
app.get("/", (context) =>
  context.html(page({ greeting: GREETING, environment: PAAS_ENVIRONMENT, commit: PAAS_COMMIT })),
);
app.get("/healthz", (context) => context.text("ok"));

const server = serve({ fetch: app.fetch, hostname: HOST, port: Number(PORT) }, ({ address, port }) => {
  console.log(`listening on http://${address}:${port}`);
});

// A new version is being started in this one's place: answer what is under way, then go.
process.on("SIGTERM", () => {
  console.log("stopping");
  server.close(() => process.exit(0));
});
