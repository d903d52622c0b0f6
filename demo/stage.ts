import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export type Result = { code: number; stdout: string; stderr: string };
export type Answer = { status: number; body: string };

const PAAS = process.env.PAAS_DEMO_BIN ?? fileURLToPath(new URL("../bin/paas.js", import.meta.url));

/** A temporary repository with the tools of a user in it, and a stopwatch. */
export class Stage {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "paas-demo-")));
  readonly repository = path.join(this.folder, "shop");
  readonly #began = performance.now();

  constructor() {
    fs.mkdirSync(this.repository);
  }

  /** Runs one act and prints how long it took; what it throws ends the demo. */
  async act<T>(title: string, play: () => Promise<T>): Promise<T> {
    console.log(`\n── ${title}`);
    const began = performance.now();
    const result = await play();
    console.log(`   ✓ ${seconds(performance.now() - began)}`);
    return result;
  }

  /** Runs the CLI; a failing exit code is an error unless `expect` names it. */
  paas(words: string[], expect = 0): Promise<Result> {
    return this.#run(process.execPath, [PAAS, ...words], `paas ${words.join(" ")}`, expect);
  }

  git(words: string[], expect = 0): Promise<Result> {
    return this.#run("git", words, `git ${words.join(" ")}`, expect);
  }

  async json<T>(words: string[]): Promise<T> {
    const { stdout } = await this.#run(process.execPath, [PAAS, ...words, "--json"], null, 0);
    return JSON.parse(stdout) as T;
  }

  write(file: string, change: (text: string) => string): void {
    const place = path.join(this.repository, file);
    const before = fs.existsSync(place) ? fs.readFileSync(place, "utf8") : "";
    const after = change(before);
    if (after === before) throw new Error(`the demo could not change ${file}`);
    fs.writeFileSync(place, after);
  }

  /** Commits everything; gives the commit's first eight digits, which the sample app shows. */
  async commit(message: string): Promise<string> {
    await this.#run("git", ["add", "--all"], null, 0);
    await this.#run("git", ["commit", "--quiet", "--allow-empty", "--message", message], null, 0);
    return (await this.#run("git", ["rev-parse", "--short=8", "HEAD"], null, 0)).stdout.trim();
  }

  /** Processes whose command line or environment names this stage. */
  processes(): string[] {
    return fs
      .readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => ["cmdline", "environ"].some((file) => readProc(pid, file).includes(this.folder)))
      .map((pid) => `${pid} ${readProc(pid, "cmdline").replaceAll("\0", " ")}`);
  }

  total(): string {
    return seconds(performance.now() - this.#began);
  }

  #run(command: string, words: string[], shown: string | null, expect: number): Promise<Result> {
    if (shown) console.log(`   $ ${shown}`);
    return new Promise((resolve, reject) => {
      const child = spawn(command, words, {
        cwd: this.repository,
        env: this.#variables(),
        stdio: ["ignore", "pipe", "pipe"],
      });
      const text = { stdout: "", stderr: "" };
      for (const stream of ["stdout", "stderr"] as const) {
        child[stream].on("data", (chunk: Buffer) => {
          text[stream] += chunk.toString("utf8");
          if (shown) process.stdout.write(chunk.toString("utf8").replace(/^(?=.)/gm, "     "));
        });
      }
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === expect) resolve({ code, ...text });
        else
          reject(
            new Error(
              `${command} ${words.join(" ")} ended with ${code}, expected ${expect}\n${text.stderr}${text.stdout}`,
            ),
          );
      });
    });
  }

  #variables(): NodeJS.ProcessEnv {
    const { GIT_DIR: _, GIT_WORK_TREE: __, PAAS_ENV: ___, PAAS_CLOUD: ____, CI: _____, ...variables } = process.env;
    const identity = { GIT_AUTHOR_NAME: "Demo", GIT_AUTHOR_EMAIL: "demo@example.com" };
    const committer = { GIT_COMMITTER_NAME: "Demo", GIT_COMMITTER_EMAIL: "demo@example.com" };
    return { ...variables, ...identity, ...committer, NO_COLOR: "1", PAAS_CLOUD: "local" };
  }
}

/** Asks a URL of the local gateway; `*.localhost` is sent as Host header, since only browsers and curl resolve it. */
export function ask(url: string): Promise<Answer> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.get(
      {
        host: "127.0.0.1",
        port,
        path: pathname,
        headers: { host: `${hostname}:${port}` },
        agent: false,
        timeout: 10_000,
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    request.on("timeout", () => request.destroy(new Error(`${url} did not answer within 10 s`)));
    request.on("error", reject);
  });
}

export function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected: ${what}`);
  console.log(`   · ${what}`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function readProc(pid: string, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
