import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type Faults, isAnswered } from "./faults.js";

/** As `az containerapp exec` asks for it (azure-cli, containerapp/_ssh_utils.py). */
const PATH =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/containerApps\/[^/]+\/revisions\/[^/]+\/replicas\/([^/]+)\/containers\/([^/]+)\/exec$/i;

/**
 * The console of containers. Commands are real processes of this machine, on pipes: what a terminal does to input and
 * output (echo, `\r\n`) is not simulated but Ctrl-C and Ctrl-D, and line ends where a test says so.
 */
export function openConsole(token: string, faults: Faults) {
  const server = new WebSocketServer({ noServer: true });
  const console = {
    /** Every command that was asked for, as the text that came. */
    commands: [] as string[],
    /** Sizes that terminals had, `120x40`. */
    sizes: [] as string[],
    /** What the proxy says in place of running anything. */
    failing: null as string | null,
    /** Called in place of an answer to who wants a console. */
    hearing: null as (() => void) | null,
    /** Line ends as a terminal has them. */
    terminal: false,
    violations: [] as string[],
    /** Breaks every console that is open. */
    cut: () => {
      for (const socket of server.clients) socket.terminate();
    },
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const url = new URL(`https://${request.headers.host}${request.url}`);
      const trouble = faults.meet("GET", `${url.host}${url.pathname}`);
      const [, replica, container] = PATH.exec(url.pathname) ?? [];
      const command = url.searchParams.get("command");
      if (!replica || !container || !command || [...url.searchParams].length !== 1 || !/^westeurope\./.test(url.host)) {
        console.violations.push(`GET ${url.href}: no console is asked for so`);
        return void refuse(socket, 400, "BadRequest", "");
      }
      if (isAnswered(trouble)) return refuse(socket, trouble.status, trouble.code, trouble.message ?? "");
      if (trouble) return void socket.destroy();
      if (request.headers.authorization !== `Bearer ${token}`) return refuse(socket, 401, "Unauthorized", "");
      if (console.hearing) {
        socket.on("error", () => {});
        console.hearing();
        return;
      }
      console.commands.push(command);
      server.handleUpgrade(request, socket, head, (opened) => serve(opened, command, container));
    },
  };

  function serve(socket: WebSocket, command: string, container: string): void {
    say(socket, 1, `Connecting to the container '${container}'...`);
    if (console.failing !== null) {
      fail(socket, console.failing);
      return;
    }
    say(socket, 1, `Successfully connected to container: '${container}'.`);
    const [program = "", ...words] = wordsOf(command);
    const child = spawn(program, words, { stdio: "pipe", detached: true });
    const line = { begun: false };
    socket.on("message", (message: Buffer) => hear(message, child, line));
    socket.once("close", () => end(child, "SIGKILL"));
    for (const [byte, stream] of [
      [1, child.stdout],
      [2, child.stderr],
    ] as const) {
      stream.on("data", (bytes: Buffer) => {
        const text = console.terminal
          ? Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r\n"), "latin1")
          : bytes;
        socket.send(Buffer.concat([Buffer.from([0, byte]), text]));
      });
    }
    child.stdin.on("error", () => {});
    child.once("error", () => fail(socket, notFound(program)));
    child.once("close", (code, signal) => {
      if (socket.readyState !== socket.OPEN) return;
      const exit = code ?? (signal === "SIGINT" ? 130 : 137);
      if (exit !== 0) fail(socket, nonZero(program, exit));
      else socket.close(1000);
    });
  }

  /** Ctrl-D hands over a line that has begun, and ends the input where none has: termios(3), VEOF. */
  function hear(message: Buffer, child: ChildProcessWithoutNullStreams, line: { begun: boolean }): void {
    const [proxy, stream, ...rest] = message;
    const bytes = Buffer.from(rest);
    if (proxy !== 0 || (stream !== 0 && stream !== 4))
      console.violations.push(`a frame of the kind ${proxy} ${stream}`);
    else if (stream === 4) {
      const { Width, Height } = JSON.parse(bytes.toString("utf8")) as { Width: number; Height: number };
      console.sizes.push(`${Width}x${Height}`);
    } else if (bytes.equals(Buffer.from([4]))) {
      if (!line.begun) child.stdin.end();
      line.begun = false;
    } else if (bytes.equals(Buffer.from([3]))) end(child, "SIGINT");
    else {
      line.begun = bytes.at(-1) !== 10;
      child.stdin.write(bytes);
    }
  }

  return { console, close: () => server.close() };
}

/** To all of its processes, as the end of a terminal is told. */
function end({ pid, exitCode, signalCode }: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
}

function say(socket: WebSocket, proxy: number, text: string): void {
  socket.send(Buffer.concat([Buffer.from([proxy]), Buffer.from(text)]));
}

function fail(socket: WebSocket, message: string): void {
  say(
    socket,
    2,
    JSON.stringify({ Error: { Code: "ClusterExecFailure", Message: message, Details: null, Target: null } }),
  );
  socket.close(1000);
}

/** azureossd.github.io, "Container App 'Console' tab shows 'ClusterExecEndpointWebSocketConnectionError'" */
function nonZero(program: string, exit: number): string {
  return `Cluster exec API returns error: command terminated with non-zero exit code: error executing command [${program}], exit code ${exit}, code: 0.`;
}

/** github.com/microsoft/azure-container-apps/issues/1029 */
function notFound(program: string): string {
  return `Cluster exec API returns error: Internal error occurred: error executing command in container: failed to exec in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown, code: 500.`;
}

/** Splits at blanks, and knows quotes. */
function wordsOf(text: string): string[] {
  const found = text.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g);
  return [...found].map(([, single, double, plain]) => single ?? double?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "");
}

function refuse(socket: Duplex, status: number, code: string, message: string): void {
  const body = JSON.stringify({ error: { code, message } });
  const head = [`HTTP/1.1 ${status} ${code}`, "connection: close", `content-length: ${Buffer.byteLength(body)}`];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
