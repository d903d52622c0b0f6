import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openParts } from "../../src/azure/parts.js";
import type { StoredManifest } from "../../src/azure/registry.js";
import type { BuildRequest } from "../../src/cloud.js";
import { describeEnvironment } from "../../src/environment/describe.js";
import { writeFiles } from "../helpers/repository.js";
import { MANIFEST, openProject, type Project } from "./project.js";
import { type Docker, standInDocker } from "./stand-in/docker.js";

/** Installing the packages of infra/ is part of the first run on a new machine. */
const LONG = 120_000;

let here: Project;
let docker: Docker;

beforeAll(async () => {
  here = await openProject(MANIFEST, {}, ({ manifest, variables }, session, azure) => {
    docker = standInDocker(path.join(azure.folder, "docker"));
    variables.PATH = `${docker.folder}:${variables.PATH}`;
    return openParts({ manifest, variables }, session, azure.clientOptions);
  });
  here.repository.git("branch", "env-carol");
}, LONG);
afterAll(() => here.close());

const tags = () => here.azure.registries.tags("shop/web");
const builds = () => docker.calls().filter(({ words }) => words[1] === "build");
const commitOn = (branch: string, files: Record<string, string>) => {
  here.repository.git("switch", "--quiet", branch);
  here.repository.write(files);
  return here.repository.commit("change");
};

describe("an image", () => {
  test(
    "is built, pushed, and deployed by its digest",
    async () => {
      const { services, commit } = await here.up();
      const [service] = services;
      expect(service?.image).toMatch(/^cr[a-z0-9]+\.azurecr\.io\/shop\/web@sha256:[0-9a-f]{64}$/);
      const digest = service?.image.split("@")[1] ?? "";
      expect(tags()).toMatchObject({
        [`git-${commit.slice(0, 12)}`]: digest,
        "env-alice": digest,
        [`env-alice.${digest.slice(7, 19)}`]: digest,
      });
      const manifest = here.azure.registries.manifest("shop/web", digest) as StoredManifest;
      expect(JSON.parse(manifest.text).manifests).toHaveLength(2);
      expect(await here.cloud.hasImage(service?.image ?? "", "nonprod")).toBe(true);
      expect(await here.cloud.hasImage(`${service?.image.split("@")[0]}@sha256:${"0".repeat(64)}`, "nonprod")).toBe(
        false,
      );
    },
    LONG,
  );

  test("needs no secret in an argument, and hands none of Azure's to docker", () => {
    const { words, env } = builds()[0] ?? { words: [], env: {} };
    expect(words).toContain("--push");
    expect(words.join(" ")).not.toMatch(/eyJ/);
    expect(Object.keys(env).filter((name) => /^(ARM|AZURE|ACTIONS|PAAS)_/.test(name))).toEqual([]);
  });

  test(
    "of the same files is not built again, in no environment",
    async () => {
      const before = builds().length;
      const { services } = await here.up("env-carol");
      expect(builds().length).toBe(before);
      expect(here.events).toContainEqual(expect.objectContaining({ detail: "unchanged, not rebuilt" }));
      expect(tags()["env-carol"]).toBe(services[0]?.image.split("@")[1]);
    },
    LONG,
  );

  test(
    "goes with the last environment that has it, and not before",
    async () => {
      const shared = tags()["env-carol"];
      await here.destroy("carol");
      expect(Object.values(tags())).toContain(shared);
      expect(Object.keys(tags()).filter((tag) => tag.startsWith("env-carol"))).toEqual([]);

      here.azure.registries.mayDelete = false;
      const { steps } = await here.destroy("alice");
      expect(steps.map(({ name }) => name)).toContain("images");
      expect(here.events).toContainEqual(expect.objectContaining({ detail: expect.stringMatching(/may not delete/) }));
      here.azure.registries.mayDelete = true;
      expect(Object.values(tags())).toContain(shared);
      await here.cloud.forget("alice", "nonprod");
      expect(here.azure.registries.repositories.get("shop/web")?.manifests.size).toBe(0);
      expect(await here.cloud.forget("alice", "nonprod")).toBe("none unused");
    },
    LONG,
  );

  test.each([
    ["the upload of a layer", "PATCH", /azurecr\.io\/v2\/shop\/web\/blobs\/uploads/],
    ["the manifest", "PUT", /azurecr\.io\/v2\/shop\/web\/manifests/],
  ] as const)(
    "whose push is cut off at %s is pushed once more",
    async (part, method, url) => {
      commitOn("env-alice", { "server.js": `// ${part}` });
      const before = builds().length;
      here.azure.faults.add({ method, url, trouble: "reset" });
      const { services } = await here.up();
      expect(here.azure.faults.unmet()).toEqual([]);
      expect(builds().length).toBe(before + 2);
      expect(tags()["env-alice"]).toBe(services[0]?.image.split("@")[1]);
    },
    LONG,
  );

  test(
    "whose push is cut off twice is not deployed, and pushed by the next run",
    async () => {
      const old = tags()["env-alice"];
      commitOn("env-alice", { "server.js": "// twice" });
      const before = builds().length;
      here.azure.faults.add({ method: "PATCH", url: /azurecr\.io\/v2\/shop\/web\/blobs/, trouble: "reset", times: 2 });
      await expect(here.up()).rejects.toMatchObject({
        code: "push-failed",
        message: "the image of web could not be pushed: the push was cut off twice",
        next: "run again; what ran before goes on serving",
        exit: 1,
      });
      expect([builds().length, here.azure.faults.unmet(), tags()["env-alice"]]).toEqual([before + 2, [], old]);
      const { services } = await here.up();
      expect(services).toMatchObject([{ changed: true }]);
      expect(tags()["env-alice"]).toBe(services[0]?.image.split("@")[1]);
      expect(tags()["env-alice"]).not.toBe(old);
    },
    LONG,
  );
});

test(
  "an image that nothing goes back to any more is removed",
  async () => {
    const before = tags()["env-alice"] ?? "";
    const place = here.azure.registries.repositories.get("shop/web");
    commitOn("env-alice", { "server.js": "// newer" });
    const [service] = (await here.up()).services;
    expect([...(place?.manifests.keys() ?? [])]).toContain(before);
    await here.cloud.keepImages("alice", "nonprod", [service?.image ?? ""]);
    expect([...(place?.manifests.keys() ?? [])]).not.toContain(before);
    expect(Object.values(tags())).not.toContain(before);
    expect(await here.cloud.hasImage(service?.image ?? "", "nonprod")).toBe(true);
  },
  LONG,
);

describe("is refused", () => {
  const current = () => here.azure.registries.tags("shop/web");
  test(
    "an image for another kind of processor, also at the next run",
    async () => {
      commitOn("env-alice", { Dockerfile: "FROM --platform=linux/arm64 node:22\n" });
      for (const _ of [1, 2]) {
        await expect(here.up()).rejects.toMatchObject({
          code: "image-platform",
          message: "the image of web is for linux/arm64, and Azure runs linux/amd64",
        });
      }
      expect(Object.keys(current()).filter((tag) => tag.startsWith("content-"))).toHaveLength(1);
    },
    LONG,
  );

  test(
    "a build that fails, with its last lines",
    async () => {
      commitOn("env-alice", { Dockerfile: "FROM node:22\nRUN false\n" });
      await expect(here.up()).rejects.toMatchObject({
        code: "build-failed",
        details: expect.arrayContaining([expect.stringContaining("exit code: 1")]),
      });
    },
    LONG,
  );

  test.each([
    ["docker: 'buildx' is not a docker command.", "buildx-missing"],
    ["ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", "docker-not-running"],
  ])(
    "%s",
    async (words, code) => {
      docker.say(words);
      await expect(here.up()).rejects.toMatchObject({ code, next: expect.stringContaining("docs.docker.com") });
      docker.say(null);
    },
    LONG,
  );

  test("a machine without docker", async () => {
    const found = here.variables.PATH;
    here.variables.PATH = path.join(here.azure.folder, "nothing");
    await expect(here.cloud.build(request())).rejects.toMatchObject({ code: "docker-missing" });
    here.variables.PATH = found;
  });
});

test("services of one commit are built side by side, with one builder, and one without a Dockerfile gets ours", async () => {
  fs.rmSync(path.join(docker.folder, "builder"));
  const before = docker.calls().length;
  const wanted = request();
  const services = ["api", "site"].map((name) => {
    const context = path.join(here.azure.folder, "side-by-side", name);
    writeFiles(context, { "server.js": name, "package.json": '{"scripts":{"start":"node server.js"}}' });
    return { ...wanted, service: { ...wanted.service, name }, context, contentKey: name };
  });
  const images = await Promise.all(services.map((one) => here.cloud.build(one)));
  expect(images.map(({ cached }) => cached)).toEqual([false, false]);
  const calls = docker.calls().slice(before);
  expect(calls.filter(({ words }) => words[1] === "create")).toHaveLength(1);
  for (const { words } of calls.filter(({ words }) => words[1] === "build")) {
    const dockerfile = fs.readFileSync(words[words.indexOf("--file") + 1] ?? "", "utf8");
    expect(dockerfile).toMatch(/^# written by paas init.*CMD \["node", "server.js"\]/s);
  }
  expect((await here.cloud.build(services[0] ?? wanted)).cached).toBe(true);
});

function request(): BuildRequest {
  const { manifest } = here;
  const subscriptionId = here.session.subscriptionId;
  const environment = describeEnvironment({
    manifest,
    trusted: manifest,
    branch: "env-bob",
    generation: 0,
    subscriptionId,
  });
  const [service] = environment.services;
  if (!service) throw new Error("the manifest has no service");
  return {
    environment,
    service,
    registryServer: here.cloud.platform.of("nonprod").registryServer,
    context: here.repository.folder,
    contentKey: "new",
    commit: "a".repeat(40),
    onLine: () => {},
    signal: new AbortController().signal,
  };
}
