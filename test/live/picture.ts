import { PaasError } from "../../src/errors.js";

/** What is printed: one line per step, and what is said between them. */
export type Picture = {
  note(text: string): void;
  /** Does it and prints how it went; tells whether it succeeded. What fails is printed and not thrown. */
  line(name: string, work: () => Promise<string>): Promise<boolean>;
};

const WIDTH = 44;

export function openPicture(simulated: boolean, print: (text: string) => void): Picture {
  const mark = simulated ? " (simulated)" : "";
  return {
    note: print,
    line: async (name, work) => {
      const began = performance.now();
      const time = () => `${((performance.now() - began) / 1000).toFixed(1)} s`.padStart(8);
      try {
        const seen = await work();
        print(`✓ ${name.padEnd(WIDTH)} ${time()}  ${seen}${mark}`);
        return true;
      } catch (error) {
        print(`✗ ${name.padEnd(WIDTH)} ${time()}`);
        for (const line of wordsOf(error)) print(`    ${line}`);
        return false;
      }
    },
  };
}

function wordsOf(error: unknown): string[] {
  if (!(error instanceof PaasError)) return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  const { message, code, details, next } = error;
  return [`${message}  [${code}]`, ...details.map((line) => `  ${line}`), ...(next ? [`next: ${next}`] : [])];
}
