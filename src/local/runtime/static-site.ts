import fs from "node:fs";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import path from "node:path";
import { pipeline } from "node:stream";
import { listens } from "./ports.js";

export type StaticSite = { closed: Promise<void>; close(): Promise<void> };

const TYPES: Record<string, string> = {
  ".avif": "image/avif",
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".htm": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".mp3": "audio/mpeg",
  ".mp4": "video/mp4",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webm": "video/webm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};

/** Files of a repository's own workings that are no part of its site. */
const PRIVATE = new Set(["Dockerfile", "paas.yaml", "infra", "node_modules"]);

/**
 * Serves the files of a site on a loopback port.
 * @param app folder of the app
 * @param webRoot folder in it that the site lies in
 */
export async function serveStatic(app: string, webRoot: string, port: number): Promise<StaticSite> {
  const root = fs.realpathSync(path.join(app, webRoot));
  if (!`${root}${path.sep}`.startsWith(`${fs.realpathSync(app)}${path.sep}`)) {
    throw new Error(`the folder of the site, ${webRoot}, leads out of the app`);
  }
  const server = http.createServer((request, response) => {
    answer(root, request, response).catch(() => response.destroy());
  });
  if (!(await listens(server, port, 0))) throw new Error(`port ${port} is taken`);
  const closed = new Promise<void>((resolve) => server.once("close", resolve));
  return {
    closed,
    close: () => {
      server.close();
      server.closeAllConnections();
      return closed;
    },
  };
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") return say(response, 405, "method not allowed");
  const url = new URL(request.url ?? "/", "http://site");
  const found = await findFile(root, url.pathname);
  if (found === "folder") {
    response.writeHead(301, { location: `${url.pathname.replace(/^\/+/, "/")}/${url.search}` }).end();
    return;
  }
  if (!found) return notFound(root, response);
  const { size, mtimeMs } = await fs.promises.stat(found);
  const etag = `"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`;
  const type = TYPES[path.extname(found).toLowerCase()] ?? "application/octet-stream";
  const headers = { etag, "cache-control": "no-cache", "x-content-type-options": "nosniff" };
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, "content-type": type, "content-length": size });
  if (request.method === "HEAD") response.end();
  else pipeline(fs.createReadStream(found), response, () => {});
}

/** The file that a path means, `folder` when it lacks the final slash, or null: not there, private, or outside the site. */
async function findFile(root: string, pathname: string): Promise<string | "folder" | null> {
  const names = decoded(pathname)?.split("/").filter(Boolean);
  if (!names || names.some((name) => (name.startsWith(".") && name !== ".well-known") || /[\\\0]/.test(name)))
    return null;
  if (names[0] !== undefined && PRIVATE.has(names[0])) return null;
  const wanted = path.join(root, ...names);
  const stat = await fs.promises.stat(wanted).catch(() => null);
  if (stat?.isDirectory() && !pathname.endsWith("/")) return "folder";
  const file = stat?.isDirectory() ? path.join(wanted, "index.html") : wanted;
  // Links inside the site may be followed, links that lead out of it may not.
  const real = await fs.promises.realpath(file).catch(() => null);
  const inside = real?.startsWith(`${root}${path.sep}`) && fs.statSync(real).isFile();
  return inside ? real : null;
}

/** A site may have its own words for it. */
async function notFound(root: string, response: ServerResponse): Promise<void> {
  const page = await findFile(root, "/404.html");
  if (page === null || page === "folder") return say(response, 404, "not found");
  response.writeHead(404, { "content-type": TYPES[".html"] });
  pipeline(fs.createReadStream(page), response, () => {});
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
