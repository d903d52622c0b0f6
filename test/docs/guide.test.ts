import fs from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { parseManifest } from "../../src/manifest/parse.js";
import { createProgram } from "../../src/program.js";
import type { Tools } from "../../src/tools.js";
import { type Document, guide, readDocument, sectionOf } from "./support/documents.js";

describe("docs/commands.md", () => {
  const page = readDocument("docs/commands.md");
  const program = createProgram({} as Tools);
  const commands = visibleCommands(program);
  const sectionOfCommand = (name: string) => sectionOf(page, headingOf(page, name));

  it.each(commands)("has a section about `$name`, which names its aliases and options", ({ name, command }) => {
    const section = sectionOfCommand(name);
    expect(section).not.toBe("");
    for (const alias of command.aliases()) expect(section).toContain(`\`paas ${alias}\``);
    expect(optionsIn(section)).toEqual(expect.arrayContaining(optionsOf(command)));
  });

  it.each(commands)("names no option that `$name` does not have", ({ name, command }) => {
    const own = sectionOfCommand(name).split(/\n#### /)[0] ?? "";
    expect(optionsIn(own).filter((option) => !optionsOf(command).includes(option))).toEqual([]);
  });

  it("has no section about a command that is not there", () => {
    const headings = [...page.text.matchAll(/^#+ (paas .+)$/gm)].map(([, name]) => name);
    expect(headings.sort()).toEqual(commands.map(({ name }) => name).sort());
  });

  it("names the options that every command has", () => {
    const everywhere = sectionOf(page, "## In every command");
    expect(optionsIn(everywhere).sort()).toEqual([...optionsOf(program), "-h, --help"].sort());
  });

  it("names error codes that there are", () => {
    const codes = [...sectionOf(page, "### Exit codes").matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, code]) => code);
    const sources = sourcesIn(path.resolve(import.meta.dirname, "../../src"));
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
  });
});

describe("docs/manifest.md", () => {
  const page = readDocument("docs/manifest.md");
  const schema = JSON.parse(fs.readFileSync("schema/paas.schema.json", "utf8")) as Schema;
  const reference = page.text.split("## When something is wrong")[0] ?? "";
  const described = [...reference.matchAll(/^\| `([a-zA-Z.<>]+)` \|/gm)].map(([, key]) => key ?? "");

  it("describes every key of the schema and no other", () => {
    expect(described.sort()).toEqual(keysOf(schema).sort());
  });

  it("shows manifests that are valid", () => {
    const examples = page.fences.filter(({ language }) => language === "yaml");
    expect(examples.length).toBeGreaterThan(1);
    for (const { text, line } of examples) {
      const whole = /^name:/m.test(text) ? text : `name: shop\nid: ${"a".repeat(26)}\nlocation: westeurope\n${text}`;
      expect(parseManifest(whole, `docs/manifest.md:${line}`)).not.toHaveProperty("problems");
    }
  });
});

describe("README.md", () => {
  it("shows the acts of the demo", () => {
    const demo = fs.readFileSync("demo/demo.ts", "utf8");
    const titles = [...demo.matchAll(/stage\.act\("([^"]+)"/g)].map(([, title]) => `── ${title}`);
    expect(titles.length).toBeGreaterThan(3);
    const shown = readDocument("README.md").text;
    expect(titles.filter((title) => !shown.includes(title))).toEqual([]);
  });
});

describe("links", () => {
  const others = ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ...decisions()].map(readDocument);

  it.each([...guide(), ...others])("of $name lead somewhere", (document) => {
    const broken = linksOf(document).filter((link) => !leadsSomewhere(document.name, link));
    expect(broken).toEqual([]);
  });
});

type Named = { name: string; command: Command };

function visibleCommands(parent: Command, before = "paas"): Named[] {
  const visible = parent.createHelp().visibleCommands(parent);
  const own = visible.filter((command) => parent.commands.includes(command));
  return own.flatMap((command) => {
    const name = `${before} ${command.name()}`;
    return [{ name, command }, ...visibleCommands(command, name)];
  });
}

function headingOf({ text }: Document, name: string): string {
  return text.split("\n").find((line) => /^#+ /.test(line) && line.replace(/^#+ /, "") === name) ?? `# ${name}`;
}

/** As they stand in a table: `-y, --yes`, `--name <name>`. */
function optionsOf(command: Command): string[] {
  return command.options.filter(({ hidden }) => !hidden).map(({ flags }) => flags);
}

function optionsIn(section: string): string[] {
  return [...section.matchAll(/^\| `(-[^`]+)` \|/gm)].map(([, flags]) => flags ?? "");
}

type Schema = { properties?: Record<string, Schema>; additionalProperties?: Schema | false };

/** Paths of all keys; what stands for the names in a map is in `NAMES`. */
function keysOf(schema: Schema, at = ""): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const place = `${at}${key}`;
    if (place === REPEATED) return [place];
    return [
      place,
      ...keysOf(inner, `${place}.`),
      ...keysOf(inner.additionalProperties || {}, `${place}.${NAMES[key]}.`),
    ];
  });
}

const NAMES: Record<string, string> = { services: "<name>", environments: "<id>", tiers: "<tier>" };

/** Has the keys of `services` once more. */
const REPEATED = "environments.<id>.services";

function decisions(): string[] {
  return fs.readdirSync("docs/decisions").map((name) => `docs/decisions/${name}`);
}

/** Targets of links, those to other sites left out. */
function linksOf({ text }: Document): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? "").filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? from : path.join(path.dirname(from), file);
  if (!fs.existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readDocument(target)).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf({ text }: Document): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function sourcesIn(folder: string): string {
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => fs.readFileSync(path.join(folder, name), "utf8"))
    .join("\n");
}
