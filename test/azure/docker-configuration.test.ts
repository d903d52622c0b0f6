import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeDockerConfiguration } from "../../src/azure/docker-configuration.js";
import { temporaryFolder, writeFiles } from "../helpers/repository.js";

const SERVER = "crshop.azurecr.io";

test("docker gets the user's own configuration and how to sign in; nothing of it stays", async () => {
  const users = temporaryFolder("docker-");
  const own = { credsStore: "desktop", currentContext: "colima", auths: { "ghcr.io": { auth: "eDp5" } } };
  writeFiles(users, { "config.json": JSON.stringify(own), "contexts/meta/a": "context" });
  const { variables, remove } = await makeDockerConfiguration(SERVER, "token", { DOCKER_CONFIG: users });
  const folder = variables.DOCKER_CONFIG ?? "";

  expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
  expect(fs.statSync(path.join(folder, "config.json")).mode & 0o777).toBe(0o600);
  expect(JSON.parse(fs.readFileSync(path.join(folder, "config.json"), "utf8"))).toMatchObject({
    ...own,
    auths: { ...own.auths, [SERVER]: { identitytoken: "token" } },
    credHelpers: { [SERVER]: "" },
    cliPluginsExtraDirs: [path.join(users, "cli-plugins")],
  });
  expect(fs.readFileSync(path.join(folder, "contexts/meta/a"), "utf8")).toBe("context");
  expect(variables.BUILDX_CONFIG).toBe(path.join(users, "buildx"));

  await remove();
  expect(fs.existsSync(folder)).toBe(false);
  expect(fs.readFileSync(path.join(users, "contexts/meta/a"), "utf8")).toBe("context");
  expect(fs.readFileSync(path.join(users, "config.json"), "utf8")).toBe(JSON.stringify(own));
});

test("a machine where docker was never used has none, and that is fine", async () => {
  const home = temporaryFolder("home-");
  const { variables, remove } = await makeDockerConfiguration(SERVER, "token", { HOME: home });
  expect(variables.BUILDX_CONFIG).toBe(path.join(home, ".docker", "buildx"));
  await remove();
  expect(fs.readdirSync(home)).toEqual([]);
});
