import { defineConfig } from "vitest/config";

/** Tests of the packed and installed CLI; everything else imports the sources. */
const PACKED = ["test/e2e/**/*.test.ts", "test/packaging/**/*.test.ts"];

export default defineConfig({
  test: {
    // For `.ci/run`, which counts.
    reporters: process.env.PAAS_TEST_REPORT
      ? ["default", ["json", { outputFile: process.env.PAAS_TEST_REPORT }]]
      : ["default"],
    globalSetup: ["test/setup/run-folder.ts"],
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: PACKED,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
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
