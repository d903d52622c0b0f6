import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { manifestJsonSchema } from "../../src/manifest/json-schema.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { readManifest } from "../../src/manifest/read.js";
import { serviceDocument } from "../../src/manifest/render.js";
import { HEAD, web, webText } from "./manifests.js";

describe("readManifest", () => {
  let root = "";
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "paas-manifest-"));
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it("reads paas.yaml at the top of the repository", async () => {
    fs.writeFileSync(path.join(root, "paas.yaml"), webText("port: 3000"));
    expect((await readManifest(root)).services[0]?.port).toBe(3000);
  });

  it("names the next step when there is none", async () => {
    await expect(readManifest(root)).rejects.toMatchObject({
      code: "manifest-missing",
      message: `there is no paas.yaml in ${root}`,
      next: "`paas init` writes one",
      exit: 2,
    });
  });

  it("says so when it cannot be read", async () => {
    fs.mkdirSync(path.join(root, "paas.yaml"));
    await expect(readManifest(root)).rejects.toMatchObject({ code: "manifest-unreadable", exit: 2 });
  });

  it("names the file in problems", async () => {
    fs.writeFileSync(path.join(root, "paas.yaml"), "a: 1");
    await expect(readManifest(root)).rejects.toMatchObject({
      code: "manifest-invalid",
      message: "paas.yaml has 5 problems",
    });
  });
});

describe("what config prints", () => {
  it("reads back as the same service", () => {
    const { services } = web(
      "path: a/b, port: 3000, internal: true, cpu: 1, scale: { min: 2, max: 9 }, health: /up, startup: 2m, " +
        "env: { A: 1.10, B: 'x: y' }, secrets: [S_1], release: sh -c 'a && b'",
    );
    const documents = Object.fromEntries(services.map((service) => [service.name, serviceDocument(service)]));
    expect(requireManifest(HEAD + stringify({ services: documents }), "again.yaml").services).toEqual(services);
  });
});

it("ships the JSON Schema of the schema as it is (`npx tsx scripts/json-schema.ts` writes it)", () => {
  const shipped = fs.readFileSync(new URL("../../schema/paas.schema.json", import.meta.url), "utf8");
  expect(shipped).toBe(manifestJsonSchema());
});
