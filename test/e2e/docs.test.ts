import { afterAll, describe, expect, it } from "vitest";
import { type Document, type Fence, guide, replaceFence } from "../docs/support/documents.js";
import { openSession, type Session } from "../docs/support/session.js";
import { matches, plain } from "../docs/support/transcript.js";

/*
 * Every block of shell in the README and the guide is run, and what it prints is what stands below it. A block that is
 * not run says why in a comment just before it: `<!-- not run: … -->`. `<!-- file: name -->` before a block of another
 * language writes it into the folder. UPDATE_DOCS=1 writes what was printed into the documents.
 */

const NOT_RUN = /^not run: *(.*)$/;
const FILE = /^file: *(\S+)$/;
const OUTPUT = "output";

/** Documents that go on where another one has ended: what their readers have done before. */
const BEFORE: Record<string, string> = {
  "docs/commands.md": "shop",
  "docs/local-cloud.md": "shop",
  "docs/manifest.md": "shop",
};

describe("the guide", () => {
  const notRun: string[] = [];
  afterAll(() => console.info(["blocks of the guide that are not run:", ...notRun].join("\n  ")));

  describe.each(guide())("$name", (document) => {
    it("knows every block: shell that is run, its output, files, and pictures", () => {
      expect(document.fences.filter((fence) => !isKnown(fence)).map(({ line }) => `${document.name}:${line}`)).toEqual(
        [],
      );
    });

    it("says why a block is not run", () => {
      for (const { line, comment } of document.fences.filter(isSkipped)) {
        const reason = NOT_RUN.exec(comment ?? "")?.[1] ?? "";
        expect(reason, `${document.name}:${line} has no reason`).not.toBe("");
        notRun.push(`${document.name}:${line}  ${reason}`);
      }
    });
  });

  it.concurrent.each(guide().filter(isRun))("$name does what it says", { timeout: 300_000 }, async (document) => {
    const session = openSession();
    try {
      if (document.name in BEFORE) await prepare(session, BEFORE[document.name] ?? "");
      await play(document, session);
    } finally {
      await session.close();
    }
  });
});

async function play(document: Document, session: Session): Promise<void> {
  let printed = "";
  const others: [Fence, string][] = [];
  for (const [index, fence] of document.fences.entries()) {
    const place = `${document.name}:${fence.line}`;
    const file = FILE.exec(fence.comment ?? "")?.[1];
    if (file) session.write(file, fence.text);
    else if (fence.comment === OUTPUT) shown(fence, printed, others);
    else if (fence.language === "sh" && !isSkipped(fence)) {
      const { exit, text } = await session.run(fence.text, isDocument(document.fences[index + 1]) ? "stdout" : "both");
      expect(exit, `${place}\n${fence.text}\n${text}`).toBe(0);
      printed = text;
    }
  }
  // From the end, so that the lines of those before stay where they are.
  if (process.env.UPDATE_DOCS) for (const [fence, text] of others.reverse()) replaceFence(document.name, fence, text);
  const [first] = others;
  if (first)
    expect(plain(first[1]), `${document.name}:${first[0].line} shows something else`).toEqual(plain(first[0].text));
}

function shown(fence: Fence, printed: string, others: [Fence, string][]): void {
  if (!matches(fence.text, printed)) others.push([fence, printed.replace(/[ \t]+$/gm, "").trimEnd()]);
}

/** A project with one service, committed on main, without an environment yet. */
async function prepare(session: Session, name: string): Promise<void> {
  const { exit, text } = await session.run(`mkdir ${name} && cd ${name} && git init --quiet --initial-branch=main`);
  expect(exit, text).toBe(0);
  session.write("package.json", JSON.stringify({ private: true, scripts: { start: "node server.js" } }, null, 2));
  session.write("server.js", SERVER);
  const written = await session.run(`paas init --yes --name ${name} && git add --all && git commit --quiet -m Start`);
  expect(written.exit, written.text).toBe(0);
}

const SERVER = `const http = require("node:http");
const { GREETING = "Hello", PORT = 3000 } = process.env;
http.createServer((request, response) => response.end(GREETING)).listen(PORT, () => console.log("listening"));`;

/** What is shown of a command that prints a document is its result; of others, all that is printed. */
function isDocument(fence: Fence | undefined): boolean {
  return fence?.comment === OUTPUT && fence.language === "json";
}

function isRun({ fences }: Document): boolean {
  return fences.some((fence) => fence.language === "sh" && !isSkipped(fence));
}

function isSkipped({ comment }: Fence): boolean {
  return comment?.startsWith("not run") ?? false;
}

function isKnown({ language, comment }: Fence): boolean {
  if (comment === OUTPUT) return language === "text" || language === "json";
  return ["sh", "text", "json", "yaml", "js", "ts", "mermaid"].includes(language);
}
