// A stand-in for `docker` with buildx, for tests: it checks its arguments strictly, makes a tiny real OCI image of the
// context and pushes it with the distribution API, as BuildKit does. Nothing of a Dockerfile is run.
// Started as: node docker.mjs <folder of the test> <docker's own arguments>
import { createHash } from "node:crypto";
import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { HttpsProxyAgent } from "https-proxy-agent";

const [folder, ...words] = process.argv.slice(2);
const place = (name) => path.join(folder, name);
const INDEX = "application/vnd.oci.image.index.v1+json";
const IMAGE = "application/vnd.oci.image.manifest.v1+json";

fs.appendFileSync(place("calls.jsonl"), `${JSON.stringify({ words, env: process.env })}\n`);
const behaviour = fs.existsSync(place("behaviour.json"))
  ? JSON.parse(fs.readFileSync(place("behaviour.json"), "utf8"))
  : {};
if (behaviour.says) fail(behaviour.says);

const [command, verb] = words;
if (command === "version") {
  expectWords(["version", "--format", "{{.Server.Version}}"]);
  process.stdout.write("0.0.0-stand-in\n");
} else if (command !== "buildx") fail(`stand-in: docker ${words.join(" ")} is not expected`);
else if (verb === "version") {
  expectWords(["buildx", "version"]);
  process.stdout.write("github.com/docker/buildx v0.0.0-stand-in\n");
} else if (verb === "inspect") {
  expectWords(["buildx", "inspect", "paas"]);
  if (!fs.existsSync(place("builder"))) fail('ERROR: no builder "paas" found');
} else if (verb === "create") {
  expectWords(["buildx", "create", "--name", "paas", "--driver", "docker-container"]);
  fs.writeFileSync(place("builder"), "");
} else if (verb === "build") {
  await build();
} else {
  fail(`stand-in: docker buildx ${verb} is not expected`);
}

async function build() {
  const { options, flags, context } = parse(words.slice(2));
  const one = (name) => (options[name]?.length === 1 ? options[name][0] : fail(`stand-in: expected --${name} once`));
  expect(one("builder") === "paas", "the builder");
  expect(one("platform") === "linux/amd64", "the platform");
  expect(one("progress") === "plain", "plain progress");
  for (const flag of ["--provenance=mode=max", "--sbom=true", "--push"]) expect(flags.includes(flag), flag);
  expect(flags.length === 3, "no other flags");
  const tags = options.tag ?? fail("stand-in: no tags");
  const [, server, repository] = /^([^/]+)\/(.+):[^:/]+$/.exec(tags[0]) ?? fail("stand-in: a tag without a registry");
  for (const tag of tags) expect(tag.startsWith(`${server}/${repository}:`), "one repository");
  const project = repository.split("/")[0];
  const cache = `type=registry,ref=${server}/${project}/cache:${repository.split("/")[1]}`;
  expect(one("cache-from") === cache, "cache-from");
  const to = `${cache},mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true`;
  expect(one("cache-to") === to, "cache-to");
  const identity = identityFor(server);

  const dockerfile = fs.readFileSync(one("file"), "utf8");
  process.stderr.write(`#1 [internal] load build definition from Dockerfile\n`);
  const broken = /^RUN (false|exit 1)$/m.exec(dockerfile);
  if (broken) fail(`#5 ERROR: process "/bin/sh -c ${broken[1]}" did not complete successfully: exit code: 1`);
  const architecture = /^FROM --platform=linux\/(\w+)/m.exec(dockerfile)?.[1] ?? "amd64";

  const registry = connect(server, identity);
  const layer = gzipSync(tar("app/content", fingerprint(context)));
  const config = Buffer.from(
    JSON.stringify({ architecture, os: "linux", config: {}, rootfs: { type: "layers", diff_ids: [] }, dockerfile }),
  );
  const layers = [await registry.blob(repository, layer, "application/vnd.oci.image.layer.v1.tar+gzip")];
  const image = await registry.manifest(repository, null, IMAGE, {
    schemaVersion: 2,
    mediaType: IMAGE,
    config: await registry.blob(repository, config, "application/vnd.oci.image.config.v1+json"),
    layers,
  });
  const attested = await registry.manifest(repository, null, IMAGE, {
    schemaVersion: 2,
    mediaType: IMAGE,
    config: await registry.blob(
      repository,
      Buffer.from('{"architecture":"unknown","os":"unknown"}'),
      "application/vnd.oci.image.config.v1+json",
    ),
    layers: [await registry.blob(repository, Buffer.from(`{"of":"${image.digest}"}`), "application/vnd.in-toto+json")],
  });
  const index = {
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [
      { ...image, platform: { architecture: "amd64", os: "linux" } },
      {
        ...attested,
        platform: { architecture: "unknown", os: "unknown" },
        annotations: {
          "vnd.docker.reference.type": "attestation-manifest",
          "vnd.docker.reference.digest": image.digest,
        },
      },
    ],
  };
  let pushed;
  for (const tag of tags)
    pushed = await registry.manifest(repository, tag.slice(tag.lastIndexOf(":") + 1), INDEX, index);
  const cacheConfig = await registry.blob(`${project}/cache`, config, "application/vnd.buildkit.cacheconfig.v0");
  await registry.manifest(`${project}/cache`, repository.split("/")[1], IMAGE, {
    schemaVersion: 2,
    mediaType: IMAGE,
    config: cacheConfig,
    layers: [],
  });
  fs.writeFileSync(
    one("metadata-file"),
    JSON.stringify({ "containerimage.digest": pushed.digest, "image.name": tags.join(",") }),
  );
}

function parse(args) {
  const taking = ["builder", "platform", "cache-from", "cache-to", "metadata-file", "tag", "progress", "file"];
  const options = {};
  const flags = [];
  const rest = [];
  while (args.length > 0) {
    const word = args.shift();
    const name = word.slice(2);
    if (word.startsWith("--") && taking.includes(name)) options[name] = [...(options[name] ?? []), args.shift()];
    else if (word.startsWith("--")) flags.push(word);
    else rest.push(word);
  }
  expect(rest.length === 1 && fs.statSync(rest[0]).isDirectory(), "one context");
  return { options, flags, context: rest[0] };
}

/** Docker reads how to sign in from its configuration, and nobody else may. */
function identityFor(server) {
  const { DOCKER_CONFIG } = process.env;
  expect((fs.statSync(DOCKER_CONFIG).mode & 0o777) === 0o700, "a configuration folder of 0700");
  const file = path.join(DOCKER_CONFIG, "config.json");
  expect((fs.statSync(file).mode & 0o777) === 0o600, "a configuration file of 0600");
  const { auths, credHelpers } = JSON.parse(fs.readFileSync(file, "utf8"));
  expect(credHelpers[server] === "", "no helper for the registry");
  expect(Buffer.from(auths[server].auth, "base64").toString() === "00000000-0000-0000-0000-000000000000:", "nobody");
  return auths[server].identitytoken;
}

function connect(server, identity) {
  const agent = new HttpsProxyAgent(process.env.HTTPS_PROXY);
  const ca = fs.readFileSync(process.env.SSL_CERT_FILE);
  Object.assign(agent.options, { ca });
  const bearers = new Map();
  const send = (method, url, headers, body) =>
    new Promise((resolve, reject) => {
      const request = https.request(new URL(url, `https://${server}`), { method, headers, agent, ca }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() }),
        );
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end(body);
    }).catch((error) => fail(`ERROR: failed to push ${server}: ${error.message}: connection reset by peer`));
  const call = async (repository, method, url, headers = {}, body) => {
    const bearer = bearers.get(repository);
    const answer = await send(
      method,
      url,
      { ...headers, ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
      body,
    );
    if (answer.status !== 401) {
      if (answer.status >= 400)
        fail(`ERROR: failed to push ${server}/${repository}: unexpected status: ${answer.status} ${answer.text}`);
      return answer;
    }
    if (bearer) fail(`ERROR: failed to push ${server}/${repository}: denied`);
    const { realm, service } = challenge(answer.headers["www-authenticate"]);
    const scope = `repository:${repository}:pull,push`;
    const form = new URLSearchParams({ grant_type: "refresh_token", service, scope, refresh_token: identity });
    const token = await send("POST", realm, { "content-type": "application/x-www-form-urlencoded" }, form.toString());
    if (token.status !== 200) fail(`ERROR: failed to authorize: ${token.text}`);
    bearers.set(repository, JSON.parse(token.text).access_token);
    return call(repository, method, url, headers, body);
  };
  return {
    blob: async (repository, content, mediaType) => {
      const digest = sha256(content);
      const { headers } = await call(repository, "POST", `/v2/${repository}/blobs/uploads/`);
      const patched = await call(
        repository,
        "PATCH",
        headers.location,
        { "content-type": "application/octet-stream" },
        content,
      );
      await call(repository, "PUT", `${patched.headers.location}?digest=${encodeURIComponent(digest)}`);
      return { mediaType, digest, size: content.length };
    },
    manifest: async (repository, tag, mediaType, value) => {
      const text = JSON.stringify(value);
      const digest = sha256(text);
      await call(
        repository,
        "PUT",
        `/v2/${repository}/manifests/${tag ?? digest}`,
        { "content-type": mediaType },
        text,
      );
      return { mediaType, digest, size: Buffer.byteLength(text) };
    },
  };
}

function challenge(header) {
  return Object.fromEntries([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

function fingerprint(folderOfFiles) {
  const files = fs
    .readdirSync(folderOfFiles, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  const hashes = files.map((entry) => sha256(fs.readFileSync(path.join(entry.parentPath ?? entry.path, entry.name))));
  return hashes.sort().join("\n");
}

/** An archive of one file. */
function tar(name, content) {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        0ustar\u000000", 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc(((512 - (content.length % 512)) % 512) + 1024);
  return Buffer.concat([header, Buffer.from(content), padding]);
}

function sha256(content) {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function expectWords(expected) {
  expect(JSON.stringify(words) === JSON.stringify(expected), expected.join(" "));
}

function expect(good, what) {
  if (!good) fail(`stand-in: expected ${what} in docker ${words.join(" ")}`);
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
