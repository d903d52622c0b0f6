import type { WebSocket } from "ws";
import type { Streams } from "../cloud.js";
import { EXIT, PaasError } from "../errors.js";
import { CTRL_C, CTRL_D, exitCodeIn, inputFrame, readFrame, sizeFrame } from "./console-frames.js";

/** What a console is where nobody looks at it. */
const NO_TERMINAL = { columns: 80, rows: 24 };

const LINE_END = 0x0a;

/** Milliseconds between two signs of life: what lies between ends connections that say nothing. */
const PULSE = 20_000;

/** Milliseconds that Azure may take to close a console that was interrupted. */
const FAREWELL = 2000;

/** How a WebSocket is closed where nothing is wrong. */
const IN_ORDER = [1000, 1005];

/** The end of a console: how its command ended, or what the console said had gone wrong. */
export type Ended = { exit: number } | { failure: string };

/**
 * Connects streams with a console until its command ends. A terminal is raw meanwhile, so that Ctrl-C and every other key
 * reaches the command; it is restored however this ends.
 * @throws PaasError `console-lost`, `interrupted`
 */
export async function attach(
  socket: WebSocket,
  { stdin, stdout, stderr }: Streams,
  signal: AbortSignal,
): Promise<Ended> {
  const raw = stdin.isTTY === true;
  const [plain, plainErrors] = stdout.isTTY === true ? [asItIs, asItIs] : [withoutReturns(), withoutReturns()];
  let over = false;
  let last = LINE_END;
  const send = (frame: Buffer, sent?: () => void) => {
    if (socket.readyState === socket.OPEN) socket.send(frame, sent);
  };
  const type = (bytes: Buffer | string) => {
    stdin.pause();
    const typed = Buffer.from(bytes);
    last = typed.at(-1) ?? last;
    send(inputFrame(typed), () => over || stdin.resume());
  };
  const resize = () => send(sizeFrame(stdout.columns ?? NO_TERMINAL.columns, stdout.rows ?? NO_TERMINAL.rows));
  const close = () => {
    // Within a line the first one only hands over what was typed.
    if (last !== LINE_END) send(inputFrame(CTRL_D));
    send(inputFrame(CTRL_D));
  };
  const interrupt = () => {
    send(inputFrame(CTRL_C));
    socket.close();
    setTimeout(() => socket.terminate(), FAREWELL).unref();
  };
  const pulse = setInterval(() => socket.readyState === socket.OPEN && socket.ping(), PULSE);

  let failure: string | null = null;
  const ended = new Promise<Ended>((resolve, reject) => {
    socket.on("message", (data: Buffer) => {
      const told = readFrame(data);
      if (told?.kind === "failure") failure = told.text;
      if (told?.kind !== "stdout" && told?.kind !== "stderr") return;
      const output = told.kind === "stdout" ? stdout : stderr;
      if (output.write((told.kind === "stdout" ? plain : plainErrors)(told.bytes))) return;
      // What came in one piece is told to its end all the same.
      if (socket.isPaused) return;
      socket.pause();
      output.once("drain", () => socket.resume());
    });
    socket.once("error", (error) => reject(lost(error.message, error)));
    socket.once("close", (code, reason) => {
      if (signal.aborted) reject(interrupted());
      else if (failure !== null) resolve(exitOr(failure));
      else if (IN_ORDER.includes(code)) resolve({ exit: EXIT.done });
      else reject(lost([`closed with ${code}`, reason.toString("utf8")].filter(Boolean).join(" ")));
    });
  });

  if (raw) stdin.setRawMode?.(true);
  resize();
  stdout.on("resize", resize);
  stdin.on("data", type);
  stdin.once("end", close);
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();
  socket.resume();
  try {
    return await ended;
  } finally {
    over = true;
    clearInterval(pulse);
    signal.removeEventListener("abort", interrupt);
    stdin.off("data", type).off("end", close);
    stdout.off("resize", resize);
    if (raw) stdin.setRawMode?.(false);
    stdin.pause();
    stdin.unref?.();
    socket.terminate();
  }
}

function exitOr(failure: string): Ended {
  const exit = exitCodeIn(failure);
  return exit === null ? { failure } : { exit };
}

function lost(how: string, cause?: unknown): PaasError {
  return new PaasError("console-lost", `the connection to the console broke before the command ended: ${how}`, {
    details: ["whether the command goes on there is not known"],
    next: "look what it has done before you repeat it",
    cause,
  });
}

function interrupted(): PaasError {
  return new PaasError("interrupted", "stopped by you; the command was sent Ctrl-C and its console closed", {
    next: "whether it has ended there is not known: look what it has done before you repeat it",
    exit: EXIT.interrupted,
  });
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}

/** A terminal ends its lines with `\r\n`; in a pipe that is not wanted. */
function withoutReturns(): (bytes: Buffer) => Buffer {
  let held = "";
  return (bytes) => {
    const text = held + bytes.toString("latin1");
    held = text.endsWith("\r") ? "\r" : "";
    return Buffer.from(text.slice(0, text.length - held.length).replaceAll("\r\n", "\n"), "latin1");
  };
}
