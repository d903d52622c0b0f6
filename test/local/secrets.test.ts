import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { Secrets } from "../../src/local/secrets.js";
import { temporaryFolder } from "../helpers/repository.js";

test("a value is told by a word that changes with it and is another one in every vault", () => {
  const vault = new Secrets(path.join(temporaryFolder("vault-"), "secrets"));
  vault.set("alice", "KEY", "one");
  const first = vault.versions("alice");
  expect(first).toEqual({ KEY: expect.stringMatching(/^[0-9a-f]{16}$/) });
  vault.set("alice", "KEY", "one");
  expect(vault.versions("alice")).toEqual(first);
  vault.set("alice", "KEY", "two");
  expect(vault.versions("alice")).not.toEqual(first);

  const other = new Secrets(path.join(temporaryFolder("vault-"), "secrets"));
  other.set("alice", "KEY", "one");
  expect(other.versions("alice")).not.toEqual(first);
});

test("values of any text survive, in a file that only its owner can read, which may be edited by hand", () => {
  const folder = path.join(temporaryFolder("vault-"), "secrets");
  const vault = new Secrets(folder);
  const value = 'line one\nline "two" = \\ ü';
  vault.set("alice", "KEY", value);
  expect(new Secrets(folder).value("alice", "KEY")).toBe(value);
  const file = path.join(folder, "alice.env");
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  fs.appendFileSync(file, "# by hand\nOTHER=plain words\n");
  expect(vault.names("alice")).toEqual(["KEY", "OTHER"]);
  expect(vault.value("alice", "OTHER")).toBe("plain words");
  vault.forget("alice");
  expect(vault.names("alice")).toEqual([]);
});
