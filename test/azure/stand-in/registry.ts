import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import type { Core } from "./core.js";
import { type Faults, isAnswered, withhold } from "./faults.js";

/*
 * The data plane of Azure Container Registry, as far as push, pull, tag and delete need it. Of the distribution API
 * (github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md): uploads in one or more chunks, manifests, tags.
 * Of Azure's own (containerregistry/ContainerRegistry/stable/2021-07-01/containerregistry.json): token exchange, lists of
 * repositories and tags, deletion of a tag. A request that breaks its schema is a violation, which `close()` throws.
 * Written here though Debian has `docker-registry`: that one knows neither Azure's token exchange nor `/acr/v1`, and the
 * suite has to pass on a machine without it.
 */

type Manifest = { type: string; text: string };
type Repository = { manifests: Map<string, Manifest>; tags: Map<string, string> };

const AUDIENCES = ["https://containerregistry.azure.net", "https://management.azure.com"];
const INDEX = "application/vnd.oci.image.index.v1+json";
const IMAGE = "application/vnd.oci.image.manifest.v1+json";

const digestText = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const descriptor = z.looseObject({ mediaType: z.string(), digest: digestText, size: z.number().int().nonnegative() });
const MANIFESTS: Record<string, z.ZodType> = {
  [INDEX]: z.looseObject({ schemaVersion: z.literal(2), mediaType: z.literal(INDEX), manifests: z.array(descriptor) }),
  [IMAGE]: z.looseObject({
    schemaVersion: z.literal(2),
    mediaType: z.literal(IMAGE),
    config: descriptor,
    layers: z.array(descriptor),
  }),
};
const exchange = z.strictObject({
  grant_type: z.literal("access_token"),
  service: z.string(),
  tenant: z.uuid(),
  access_token: z.string(),
});
const tokenForm = z.strictObject({
  grant_type: z.literal("refresh_token"),
  service: z.string(),
  scope: z.string().regex(/^(repository:[a-z0-9/._-]+:[a-z_,]+|registry:catalog:\*)$/),
  refresh_token: z.string(),
});

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** Registries by host; one is there when Terraform has made it. */
export function openRegistries(core: Core, faults: Faults) {
  const repositories = new Map<string, Repository>();
  const blobs = new Map<string, Buffer>();
  const uploads = new Map<string, Buffer>();
  const state = {
    requests: [] as string[],
    violations: [] as string[],
    /** False for an identity that has AcrPush and no more. */
    mayDelete: true,
    repositories,
    /** Tags of a repository with what they stand for. */
    tags: (repository: string) => Object.fromEntries(repositories.get(repository)?.tags ?? []),
    manifest: (repository: string, digest: string) => repositories.get(repository)?.manifests.get(digest) ?? null,
  };

  const repositoryOf = (name: string): Repository => {
    const known = repositories.get(name) ?? { manifests: new Map(), tags: new Map() };
    repositories.set(name, known);
    return known;
  };

  const token = (host: string, path: string, body: string): unknown => {
    const form = Object.fromEntries(new URLSearchParams(body));
    if (path === "/oauth2/exchange") {
      const { access_token, service } = checked(exchange, form);
      const claims = core.tokens.read(access_token, core.now());
      if (service !== host || !claims || !AUDIENCES.includes(claims.aud.replace(/\/$/, "")))
        throw new Refusal(401, "UNAUTHORIZED", "authentication required, visit https://aka.ms/acr/authorization");
      const refresh = { aud: host, iss: "Azure Container Registry", grant_type: "refresh_token" };
      return { refresh_token: core.tokens.mint(refresh, 3 * 3600, core.now()) };
    }
    const { refresh_token, service, scope } = checked(tokenForm, form);
    const claims = core.tokens.read(refresh_token, core.now());
    if (service !== host || claims?.aud !== host || claims.grant_type !== "refresh_token")
      throw new Refusal(401, "UNAUTHORIZED", "authentication required, visit https://aka.ms/acr/authorization");
    const access = { aud: host, iss: "Azure Container Registry", scope, grant_type: "access_token" };
    return { access_token: core.tokens.mint(access, 3600, core.now()) };
  };

  const require = (request: IncomingMessage, host: string, scope: string): void => {
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const claims = core.tokens.read(given, core.now());
    const action = scope.slice(scope.lastIndexOf(":") + 1);
    const target = scope.slice(0, scope.lastIndexOf(":"));
    const [, held = "", actions = ""] = /^(.*):([^:]*)$/.exec(String(claims?.scope ?? "")) ?? [];
    const granted = claims?.aud === host && held === target && actions.split(",").includes(action);
    if (granted && (action !== "delete" || state.mayDelete)) return;
    const challenge = `Bearer realm="https://${host}/oauth2/token",service="${host}",scope="${scope}"`;
    throw new Refusal(401, "UNAUTHORIZED", "authentication required", { "www-authenticate": challenge });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse, host: string): Promise<void> => {
    const url = new URL(`https://${host}${request.url}`);
    const method = request.method ?? "";
    const body = await buffer(request);
    if (!core.store.list("azurerm_container_registry").some(({ attributes }) => attributes.login_server === host))
      throw new Refusal(404, "NAME_UNKNOWN", `no registry ${host}`);
    if (method === "POST" && url.pathname.startsWith("/oauth2/"))
      return sendJson(response, 200, token(host, url.pathname, body.toString("utf8")));
    if (method === "GET" && url.pathname === "/acr/v1/_catalog") {
      require(request, host, "registry:catalog:*");
      return sendJson(response, 200, { repositories: page([...repositories.keys()].sort(), url, (name) => name) });
    }
    const acr = /^\/acr\/v1\/(.+)\/_tags(?:\/([^/]+))?$/.exec(url.pathname);
    if (acr) return tagCall(request, response, { host, url, name: acr[1] ?? "", tag: acr[2] });
    const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url.pathname);
    if (manifest) {
      const [, name = "", reference = ""] = manifest;
      return manifestCall(request, response, { host, name, reference, body: body.toString("utf8") });
    }
    const blob = /^\/v2\/(.+)\/blobs\/(uploads\/)?([^/]*)$/.exec(url.pathname);
    if (blob) {
      const [, name = "", upload, reference = ""] = blob;
      return upload
        ? uploadCall(request, response, { host, url, name, id: reference, body })
        : blobCall(request, response, { host, name, digest: reference });
    }
    throw new Error(`no route of the registry answers ${method} ${url.href}`);
  };

  const tagCall = (
    request: IncomingMessage,
    response: ServerResponse,
    { host, url, name, tag }: { host: string; url: URL; name: string; tag: string | undefined },
  ): void => {
    const known = repositories.get(name);
    require(request, host, `repository:${name}:${request.method === "DELETE" ? "delete" : "metadata_read"}`);
    if (!known) throw new Refusal(404, "NAME_UNKNOWN", "repository name not known to registry");
    if (request.method === "DELETE") {
      if (!known.tags.delete(tag ?? "")) throw new Refusal(404, "TAG_UNKNOWN", "the specified tag does not exist");
      return void response.writeHead(202, { "content-length": 0 }).end();
    }
    const tags = page([...known.tags].sort(), url, ([one]) => one);
    sendJson(response, 200, {
      registry: host,
      imageName: name,
      tags: tags.map(([one, digest]) => ({ name: one, digest, signed: false })),
    });
  };

  const manifestCall = (
    request: IncomingMessage,
    response: ServerResponse,
    { host, name, reference, body }: { host: string; name: string; reference: string; body: string },
  ): void => {
    const { method } = request;
    const action = method === "PUT" ? "push" : method === "DELETE" ? "delete" : "pull";
    require(request, host, `repository:${name}:${action}`);
    if (method === "PUT") {
      const digest = putManifest(name, reference, request.headers["content-type"] ?? "", body);
      return void response
        .writeHead(201, {
          location: `/v2/${name}/manifests/${digest}`,
          "docker-content-digest": digest,
          "content-length": 0,
        })
        .end();
    }
    const known = repositories.get(name);
    const digest = known?.tags.get(reference) ?? reference;
    const found = known?.manifests.get(digest);
    if (!known || !found) throw new Refusal(404, "MANIFEST_UNKNOWN", `manifest tagged by "${reference}" is not found`);
    if (method === "DELETE") {
      if (!reference.startsWith("sha256:")) throw new Refusal(405, "UNSUPPORTED", "delete by digest");
      known.manifests.delete(digest);
      for (const [tag, of] of known.tags) if (of === digest) known.tags.delete(tag);
      return void response.writeHead(202, { "content-length": 0 }).end();
    }
    if (!(request.headers.accept ?? "").includes(found.type))
      throw new Error(`a manifest of ${found.type} was asked for as ${request.headers.accept}`);
    const length = Buffer.byteLength(found.text);
    response.writeHead(200, { "content-type": found.type, "docker-content-digest": digest, "content-length": length });
    response.end(method === "HEAD" ? undefined : found.text);
  };

  const putManifest = (name: string, reference: string, type: string, text: string): string => {
    const schema = MANIFESTS[type];
    if (!schema) throw new Error(`a manifest of type ${type}`);
    const parsed = checked(schema, JSON.parse(text)) as {
      manifests?: { digest: string }[];
      config?: { digest: string };
      layers?: { digest: string }[];
    };
    const repository = repositoryOf(name);
    const digest = sha256(text);
    if (reference.startsWith("sha256:") && reference !== digest)
      throw new Refusal(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    const parts = [parsed.config, ...(parsed.layers ?? [])].filter((part) => part !== undefined);
    const missing = [
      ...parts.filter((part) => !blobs.has(part.digest)),
      ...(parsed.manifests ?? []).filter((part) => !repository.manifests.has(part.digest)),
    ];
    if (missing.length > 0) throw new Refusal(400, "MANIFEST_BLOB_UNKNOWN", `unknown ${missing[0]?.digest}`);
    repository.manifests.set(digest, { type, text });
    if (!reference.startsWith("sha256:")) repository.tags.set(reference, digest);
    return digest;
  };

  const uploadCall = (
    request: IncomingMessage,
    response: ServerResponse,
    { host, url, name, id, body }: { host: string; url: URL; name: string; id: string; body: Buffer },
  ): void => {
    require(request, host, `repository:${name}:push`);
    const location = (one: string) => `/v2/${name}/blobs/uploads/${one}`;
    if (request.method === "POST") {
      const one = randomUUID();
      uploads.set(one, Buffer.alloc(0));
      return void response.writeHead(202, { location: location(one), "content-length": 0 }).end();
    }
    const before = uploads.get(id);
    if (!before) throw new Refusal(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
    const content = Buffer.concat([before, body]);
    uploads.set(id, content);
    if (request.method === "PATCH") {
      const range = `0-${Math.max(0, content.length - 1)}`;
      return void response.writeHead(202, { location: location(id), range, "content-length": 0 }).end();
    }
    const digest = url.searchParams.get("digest") ?? "";
    if (digest !== sha256(content)) throw new Refusal(400, "DIGEST_INVALID", "provided digest did not match");
    blobs.set(digest, content);
    uploads.delete(id);
    response.writeHead(201, { location: `/v2/${name}/blobs/${digest}`, "content-length": 0 }).end();
  };

  const blobCall = (
    request: IncomingMessage,
    response: ServerResponse,
    { host, name, digest }: { host: string; name: string; digest: string },
  ): void => {
    require(request, host, `repository:${name}:pull`);
    const found = blobs.get(digest);
    if (!found) throw new Refusal(404, "BLOB_UNKNOWN", "blob unknown to registry");
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": found.length });
    response.end(request.method === "HEAD" ? undefined : found);
  };

  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = (request.headers.host ?? "").replace(/:443$/, "");
    const words = `${request.method} https://${host}${request.url}`;
    state.requests.push(words);
    const trouble = faults.meet(request.method ?? "", `${host}${request.url}`);
    if (trouble === "reset") return void request.socket.destroy();
    try {
      if (isAnswered(trouble)) throw new Refusal(trouble.status, trouble.code, trouble.code, trouble.headers);
      if (trouble) withhold(response, trouble);
      await answer(request, response, host);
    } catch (error) {
      if (!(error instanceof Refusal)) {
        state.violations.push(`${words}: ${error instanceof Error ? error.message : error}`);
        return sendJson(response, 400, { errors: [{ code: "UNSUPPORTED", message: "see the stand-in's violations" }] });
      }
      for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
      sendJson(response, error.status, { errors: [{ code: error.code, message: error.message }] });
    }
  };
  return Object.assign(state, { listener });
}

function page<T>(items: T[], url: URL, key: (item: T) => string): T[] {
  const [n, last] = [Number(url.searchParams.get("n") ?? 100), url.searchParams.get("last")];
  return items.filter((item) => last === null || key(item) > last).slice(0, n);
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${z.prettifyError(result.error)} in ${JSON.stringify(value)}`);
}

function sha256(content: string | Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
