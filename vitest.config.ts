import { defineConfig } from "vitest/config";

/** Tests of the packed and installed CLI; everything else imports the sources. */
const PACKED = ["test/e2e/**/*.test.ts", "test/packaging/**/*.test.ts", "test/live/live.test.ts"];

/** GitHub's workflow parser imports JSON without saying so, which Node alone refuses: these are bundled first. */
const BUNDLED = [
  "@actions/expressions",
  "@actions/expressions/result",
  "@actions/languageservice",
  "@actions/languageservice/utils/workflow-cache",
  "@actions/workflow-parser",
  "@actions/workflow-parser/templates/tokens/template-token",
];

export default defineConfig({
  test: {
    // For `.ci/run`, which counts.
    reporters: process.env.PAAS_TEST_REPORT
      ? ["default", ["json", { outputFile: process.env.PAAS_TEST_REPORT }]]
      : ["default"],
    globalSetup: ["test/setup/run-folder.ts"],
    // More than the two cores that CI has: much of a test is waiting for Terraform, for apps to be healthy, for locks.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: PACKED,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
          deps: { optimizer: { ssr: { enabled: true, include: BUNDLED } } },
        },
      },
      {
        test: {
          name: "packed",
          include: PACKED,
          globalSetup: ["test/setup/installed-cli.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
