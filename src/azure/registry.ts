import type { Endpoint } from "../cloud.js";
import { type HttpAnswer, type HttpCall, openHttp } from "./client.js";
import { isAbsent, orNull } from "./failure.js";
import { openRegistrySignIn } from "./registry-sign-in.js";

/** A manifest as the registry keeps it, to the last byte: its digest is the hash of that. */
export type StoredManifest = { digest: string; type: string; text: string };

export type Tag = { name: string; digest: string };

/** The data plane of one container registry: the distribution API, and Azure's own lists. Absent things are null or false. */
export type Registry = {
  server: string;
  /** For docker, see `RegistrySignIn`. */
  identityToken(): Promise<string>;
  /** @param reference tag or digest */
  manifest(repository: string, reference: string): Promise<StoredManifest | null>;
  /** Only whether it is there: the digest that a tag stands for. */
  digestOf(repository: string, tag: string): Promise<string | null>;
  json(repository: string, digest: string): Promise<unknown>;
  /** Gives a manifest one more name. */
  tag(repository: string, manifest: StoredManifest, tag: string): Promise<void>;
  repositories(prefix: string): Promise<string[]>;
  tags(repository: string): Promise<Tag[]>;
  /** Takes a name away; the manifest stays. */
  untag(repository: string, tag: string): Promise<boolean>;
  /** Deletes a manifest with all of its names. */
  delete(repository: string, digest: string): Promise<boolean>;
};

const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Entries of one page, and the most pages of one list: a registry that never ends a list is not followed for ever. */
const PAGE = 100;
const MOST_PAGES = 200;

export function openRegistry(
  server: string,
  arm: Pick<Endpoint, "credential" | "options">,
  tenantId: string,
): Registry {
  const http = openHttp(null, arm.options);
  const signIn = openRegistrySignIn(server, { credential: arm.credential, tenantId }, http);
  const call = async (scope: string, { url, ...rest }: HttpCall): Promise<HttpAnswer> =>
    http({
      ...rest,
      url: `https://${server}${url}`,
      headers: { ...rest.headers, authorization: await signIn.authorization(scope) },
    });
  const pulling = (repository: string) => `repository:${repository}:pull`;
  const removed = async (trying: string, answer: Promise<HttpAnswer>) => (await orNull(trying, answer)) !== null;

  const pages = async <T>(scope: string, path: string, items: (body: unknown) => T[], key: (item: T) => string) => {
    const all: T[] = [];
    for (let last = "", page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({ n: String(PAGE), ...(last === "" ? {} : { last }) });
      const answer = await orNull(`list ${server}${path}`, call(scope, { method: "GET", url: `${path}?${query}` }));
      const found = answer ? items(answer.body) : [];
      all.push(...found);
      const end = found.at(-1);
      if (found.length < PAGE || end === undefined) break;
      last = key(end);
    }
    return all;
  };

  return {
    server,
    identityToken: signIn.identityToken,
    manifest: async (repository, reference) => {
      const url = `/v2/${repository}/manifests/${reference}`;
      const answer = await orNull(
        `read the image ${server}/${repository}:${reference}`,
        call(pulling(repository), { method: "GET", url, headers: { accept: MANIFESTS } }),
      );
      if (!answer) return null;
      const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
      return { digest: answer.headers.get("docker-content-digest") ?? "", type, text: answer.text };
    },
    digestOf: async (repository, tag) => {
      const url = `/v2/${repository}/manifests/${tag}`;
      const answer = await orNull(
        `look for the image ${server}/${repository}:${tag}`,
        call(pulling(repository), { method: "HEAD", url, headers: { accept: MANIFESTS } }),
      );
      return answer?.headers.get("docker-content-digest") ?? null;
    },
    json: async (repository, digest) => {
      const url = `/v2/${repository}/blobs/${digest}`;
      const trying = `read ${digest} of ${server}/${repository}`;
      const answer = await orNull(trying, call(pulling(repository), { method: "GET", url }));
      const elsewhere = answer?.headers.get("location");
      // Azure keeps blobs in a storage account, and the address says all that is needed to read one.
      if (answer?.status === 307 && elsewhere) return (await http({ method: "GET", url: elsewhere })).body;
      return answer?.body ?? null;
    },
    tag: async (repository, { type, text }, tag) => {
      const url = `/v2/${repository}/manifests/${tag}`;
      await call(`repository:${repository}:pull,push`, { method: "PUT", url, content: { type, text } });
    },
    repositories: async (prefix) => {
      const names = (body: unknown) => (body as { repositories: string[] | null }).repositories ?? [];
      const all = await pages("registry:catalog:*", "/acr/v1/_catalog", names, (name) => name);
      return all.filter((name) => name.startsWith(prefix));
    },
    tags: (repository) => {
      const tags = (body: unknown) => (body as { tags: Tag[] | null }).tags ?? [];
      const scope = `repository:${repository}:metadata_read`;
      return pages(scope, `/acr/v1/${repository}/_tags`, tags, ({ name }) => name);
    },
    untag: (repository, tag) => {
      const url = `/acr/v1/${repository}/_tags/${tag}`;
      const answer = call(`repository:${repository}:delete`, { method: "DELETE", url });
      return removed(`remove the tag ${tag} of ${server}/${repository}`, answer);
    },
    delete: (repository, digest) => {
      const url = `/v2/${repository}/manifests/${digest}`;
      const answer = call(`repository:${repository}:delete`, { method: "DELETE", url });
      return removed(`delete the image ${server}/${repository}@${digest}`, answer);
    },
  };
}

/** Whether a manifest could not be named because it, or a part of it, went away meanwhile. */
export function isGoneMeanwhile(error: unknown): boolean {
  return isAbsent(error) || (error as { statusCode?: number }).statusCode === 400;
}
