import { expect, test } from "vitest";
import { open } from "./bench.js";
import { FIXTURES } from "./fixtures.js";

test.each(Object.entries(FIXTURES))("%s", async (name, files) => {
  const bench = open(files);
  await bench.init(name === "empty" ? { yes: true, name: "hello" } : { yes: true, name: "shop" });

  const written = Object.keys(bench.snapshot()).filter((file) => !(file in files) && !file.startsWith("infra/"));
  const texts = written.filter((file) => /paas\.yaml$|ignore$|Dockerfile$/.test(file));
  const shown = [
    bench.printed.stderr,
    bench.printed.stdout,
    ...[".gitignore", ...texts.filter((file) => file !== ".gitignore")].map(
      (file) => `=== ${file}\n${bench.read(file)}`,
    ),
  ];
  // How many files infra/ has is that template's own business.
  const golden = shown.join("\n").replace(/infra\/ \(\d+ files\)/, "infra/ (all files)");
  await expect(golden).toMatchFileSnapshot(`golden/${name}.txt`);

  const text = bench.read("paas.yaml");
  await bench.init({ yes: true, name: name === "empty" ? "hello" : "shop" });
  expect(bench.read("paas.yaml")).toBe(text);
});
