import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createUi } from "../../src/ui/ui.js";

/** What a command prints on a terminal that is so many columns wide. */
async function printedOn(columns: number): Promise<string> {
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true, columns }) as unknown as NodeJS.WriteStream;
  const [stdout, stderr] = [terminal(), terminal()];
  const ui = createUi({}, { stdout, stderr });
  await ui.progress(async (emit) => {
    emit({ step: "plan", status: "started" });
    emit({ step: "plan", status: "done", duration: 1200, detail: "1 to create" });
  });
  return (stderr as unknown as PassThrough).read()?.toString() ?? "";
}

test("a terminal that does not say how wide it is gets plain lines", async () => {
  const text = await printedOn(0);
  expect(text).toContain("plan");
  expect(text).toContain("1 to create");
  expect(text).not.toContain("\u001b[?25l");
});
