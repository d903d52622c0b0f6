import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests of the packed and installed CLI; everything else imports the sources. */
const PACKED = [
  "test/e2e/**/*.test.ts",
  "test/packaging/**/*.test.ts",
  "test/live/live.test.ts",
  "test/azure/command-line.test.ts",
  "test/azure/bootstrap-command.test.ts",
];

/** GitHub's workflow parser imports JSON without saying so, which Node alone refuses: these are bundled first. */
const BUNDLED = [
  "@actions/expressions",
  "@actions/expressions/result",
  "@actions/languageservice",
  "@actions/languageservice/utils/workflow-cache",
  "@actions/workflow-parser",
  "@actions/workflow-parser/templates/tokens/template-token",
];

/**
 * Folders of long files, which come first: one that is left for the end works alone, and its other core has nothing to
 * do. The runner itself knows how long a file takes only where it has run before.
 */
const LONG = ["test/azure/", "test/live/", "test/e2e/", "test/github/"];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((folder) => moduleId.includes(`/${folder}`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    // For `.ci/run`, which counts.
    reporters: process.env.PAAS_TEST_REPORT
      ? ["default", ["json", { outputFile: process.env.PAAS_TEST_REPORT }]]
      : ["default"],
    globalSetup: ["test/setup/run-folder.ts", "test/setup/infra-packages.ts"],
    // More than the two cores that CI has: much of a test is waiting for Terraform, for apps to be healthy, for locks.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: PACKED,
          testTimeout: 30_000,
          hookTimeout: 60_000,
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
        },
      },
    ],
  },
});
