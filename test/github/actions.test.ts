import fs from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { PaasError } from "../../src/errors.js";
import { ManifestError } from "../../src/manifest/problem.js";
import { createActions, outputText, withoutCommands, workflowCommand } from "../../src/ui/actions.js";
import { createUi } from "../../src/ui/ui.js";
import { temporaryFolder } from "../helpers/repository.js";

const ACTIONS = { GITHUB_ACTIONS: "true", CI: "true", NO_COLOR: "1" };

/** A ui whose streams are kept as text. */
function openUi(variables: NodeJS.ProcessEnv) {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const ui = createUi(variables, streams as unknown as { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream });
  const textOf = (stream: PassThrough) => String(stream.read() ?? "");
  return { ui, stdout: () => textOf(streams.stdout), stderr: () => textOf(streams.stderr) };
}

describe("workflow commands", () => {
  test.each([
    [
      "error",
      { file: "paas.yaml", line: 3, col: 5, title: "a: b, c" },
      "x",
      "::error file=paas.yaml,line=3,col=5,title=a%3A b%2C c::x",
    ],
    ["error", {}, "100%\r\n::warning::y", "::error::100%25%0D%0A::warning::y"],
    ["notice", { file: "a,b:c\n" }, "", "::notice file=a%2Cb%3Ac%0A::"],
  ])("%s %o %j", (name, properties, data, text) => expect(workflowCommand(name, properties, data)).toBe(text));

  test.each([
    ["::set-output name=url::evil", ":\u200b:set-output name=url::evil"],
    ["  ::add-mask::a", "  :\u200b:add-mask::a"],
    ["ok\n::error::a", "ok\n:\u200b:error::a"],
    ["text ##[group]a", "text ##\u200b[group]a"],
    ["a::b", "a::b"],
  ])("output %j cannot give one", (text, harmless) => expect(withoutCommands(text)).toBe(harmless));
});

describe("outputs", () => {
  test("a value of several lines is one value", () => {
    expect(outputText({ url: "http://a\nenvironment=evil", environment: "alice" }, "END")).toBe(
      "url<<END\nhttp://a\nenvironment=evil\nEND\nenvironment<<END\nalice\nEND\n",
    );
  });

  test("a value that holds the delimiter is refused", () => {
    expect(() => outputText({ url: "a\nEND\nb" }, "END")).toThrow("output url contains its own delimiter");
  });

  test("each write has a delimiter of its own, and adds to what is there", async () => {
    const file = path.join(temporaryFolder("outputs-"), "output");
    fs.writeFileSync(file, "before=1\n");
    const actions = createActions(() => {});
    await actions.outputs(file, { url: "a" });
    await actions.outputs(file, { url: "b" });
    await actions.outputs(null, { url: "c" });
    const text = fs.readFileSync(file, "utf8");
    expect(text).toMatch(/^before=1\nurl<<(\S+)\na\n\1\nurl<<(\S+)\nb\n\2\n$/);
    expect(new Set(text.match(/(?<=<<)\S+/g)).size).toBe(2);
  });

  test("a summary is told what its file holds already", async () => {
    const file = path.join(temporaryFolder("summary-"), "summary");
    const actions = createActions(() => {});
    const used: number[] = [];
    const render = (bytes: number) => {
      used.push(bytes);
      return "é\n";
    };
    await actions.summary(file, render);
    await actions.summary(file, render);
    expect(used).toEqual([0, 3]);
    expect(fs.readFileSync(file, "utf8")).toBe("é\né\n");
  });
});

describe("the ui inside Actions", () => {
  test("a manifest's problems stand beside its lines", () => {
    const { ui, stderr } = openUi(ACTIONS);
    const problems = [
      {
        file: "paas.yaml",
        line: 12,
        column: 5,
        path: "services.web.prot",
        message: 'unknown key; did you mean "port"?',
      },
      { file: "paas.yaml (main)", line: 1, column: 1, path: "", message: "empty" },
    ];
    expect(ui.error(new ManifestError("paas.yaml", problems), {})).toBe(2);
    const commands = stderr()
      .split("\n")
      .filter((line) => line.startsWith("::"));
    expect(commands).toEqual([
      '::error file=paas.yaml,line=12,col=5,title=manifest-invalid::services.web.prot: unknown key; did you mean "port"?',
      "::error title=manifest-invalid in paas.yaml (main)::empty",
    ]);
  });

  test("any other error stands on the run's page, its next step with it", () => {
    const { ui, stderr } = openUi(ACTIONS);
    ui.error(new PaasError("environment-locked", "alice is locked", { details: ["by bob"], next: "wait" }), {});
    expect(stderr()).toContain("\n::error title=environment-locked::alice is locked%0Aby bob%0Anext: wait\n");
  });

  test("with --json the document is alone on stdout", () => {
    const { ui, stdout } = openUi(ACTIONS);
    ui.error(new PaasError("x", "##[group]evil"), { json: true });
    const text = stdout();
    expect(text).not.toContain("##[");
    expect(JSON.parse(text)).toMatchObject({ error: { message: "##[group]evil" } });
  });

  test("secrets are masked before anything else is said", () => {
    const { ui, stderr } = openUi({
      ...ACTIONS,
      PAAS_SECRET_KEY: "one\ntwo",
      PAAS_SECRET_EMPTY: "",
      PAAS_ENV: "alice",
    });
    ui.note("hello");
    expect(stderr()).toBe("::add-mask::one%0Atwo\nhello\n");
  });

  test("what a step printed is folded when it ends well and open when it fails", async () => {
    const { ui, stderr } = openUi(ACTIONS);
    await ui.progress(async (emit) => {
      emit({ step: "build web", status: "started" });
      emit({ step: "build api", status: "started" });
      emit({ step: "build web", status: "line", detail: "::error::from a build" });
      emit({ step: "build api", status: "line", detail: "installing" });
      emit({ step: "build web", status: "done", duration: 1000 });
      emit({ step: "build api", status: "failed", duration: 1000 });
      emit({ step: "warning", status: "warning", detail: "look\nhere" });
      emit({ step: "deploy web", status: "line", detail: "cut short" });
    });
    expect(stderr().split("\n")).toEqual([
      "::group::output of build web",
      ":\u200b:error::from a build",
      "::endgroup::",
      "✓ build web        1.0s",
      "  installing",
      "✗ build api        1.0s",
      "::warning::look%0Ahere",
      "::group::output of deploy web, which did not end",
      "cut short",
      "::endgroup::",
      "",
    ]);
  });

  test("outside Actions nothing of this is said", async () => {
    const { ui, stdout, stderr } = openUi({ NO_COLOR: "1", PAAS_SECRET_KEY: "one" });
    expect(ui.actions).toBeNull();
    ui.warn("careful");
    ui.result({}, {}, "::text");
    ui.error(new PaasError("x", "y"), {});
    expect(stderr()).toBe("! careful\nerror: y  [x]\n");
    expect(stdout()).toBe("::text\n");
  });
});
