import fs from "node:fs";
import path from "node:path";

/** A fenced block of a document, and what the HTML comment just before it says. */
export type Fence = {
  /** Line of the opening fence, from 1. */
  line: number;
  language: string;
  text: string;
  comment: string | null;
};

export type Document = { name: string; text: string; fences: Fence[] };

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** A document by its path in the repository. */
export function readDocument(name: string): Document {
  const text = fs.readFileSync(path.join(ROOT, name), "utf8");
  return { name, text, fences: fencesOf(text) };
}

/** The README and the pages of `docs/`; decisions are not among them. */
export function guide(): Document[] {
  const pages = fs.readdirSync(path.join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...pages.sort().map((name) => `docs/${name}`)].map(readDocument);
}

/** What stands below a heading, up to the next one of its level or above; empty when there is no such heading. */
export function sectionOf({ text }: Document, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const lines = text.split("\n");
  const start = lines.indexOf(heading);
  if (start < 0) return "";
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join("\n");
}

/** Puts other lines between the fences of a block. */
export function replaceFence(name: string, fence: Fence, text: string): void {
  const file = path.join(ROOT, name);
  const lines = fs.readFileSync(file, "utf8").split("\n");
  lines.splice(fence.line, fence.text === "" ? 0 : fence.text.split("\n").length, ...text.split("\n"));
  fs.writeFileSync(file, lines.join("\n"));
}

function fencesOf(text: string): Fence[] {
  const lines = text.split("\n");
  const fences: Fence[] = [];
  for (let index = 0; index < lines.length; index++) {
    const language = /^```(.*)$/.exec(lines[index] ?? "")?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", index + 1);
    if (end < 0) throw new Error(`the fence in line ${index + 1} is never closed`);
    fences.push({
      line: index + 1,
      language: language.trim(),
      text: lines.slice(index + 1, end).join("\n"),
      comment: commentBefore(lines, index),
    });
    index = end;
  }
  return fences;
}

function commentBefore(lines: string[], index: number): string | null {
  const before = lines.slice(0, index).findLast((line) => line.trim() !== "");
  return /^<!--\s*(.*?)\s*-->$/.exec(before?.trim() ?? "")?.[1] ?? null;
}
