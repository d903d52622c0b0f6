/** What a Dockerfile says about the app in it. */
export type DockerfileFacts = {
  /** First port of EXPOSE, else the default of `PORT`. */
  port: number | null;
  /** Words of the last CMD or ENTRYPOINT; the shell form is one word. */
  command: string[] | null;
  /** Path of the URL that HEALTHCHECK asks for. */
  health: string | null;
};

/** Reads the instructions of the last stage, the one that runs. */
export function describeDockerfile(text: string): DockerfileFacts {
  const instructions = instructionsOf(text);
  const lastFrom = instructions.findLastIndex(({ name }) => name === "FROM");
  const running = instructions.slice(Math.max(lastFrom, 0));
  const variables = variablesOf(instructions);
  const last = (name: string) => running.findLast((instruction) => instruction.name === name)?.rest ?? null;
  const exposed = last("EXPOSE");
  return {
    port: portOf(expand(exposed?.split(/\s+/)[0] ?? "", variables)) ?? portOf(variables.get("PORT") ?? ""),
    command: commandOf(last("CMD") ?? last("ENTRYPOINT")),
    health: healthOf(last("HEALTHCHECK")),
  };
}

type Instruction = { name: string; rest: string };

function instructionsOf(text: string): Instruction[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  const joined = lines.join("\n").replace(/\\[ \t]*\n/g, " ");
  return joined.split("\n").flatMap((line) => {
    const [, name, rest] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name: name.toUpperCase(), rest }];
  });
}

/** Defaults of ARG and values of ENV: `PORT=3000`, `PORT 3000`. */
function variablesOf(instructions: Instruction[]): Map<string, string> {
  const variables = new Map<string, string>();
  for (const { name, rest } of instructions) {
    if (name !== "ARG" && name !== "ENV") continue;
    const old = /^(\w+)\s+([^=\s]+)$/.exec(rest);
    if (old) variables.set(old[1] ?? "", old[2] ?? "");
    for (const [, key, value] of rest.matchAll(/(\w+)=("[^"]*"|\S*)/g)) {
      variables.set(key ?? "", (value ?? "").replaceAll('"', ""));
    }
  }
  return variables;
}

function expand(text: string, variables: Map<string, string>): string {
  return text.replace(/\$\{?(\w+)(?::-(\w+))?\}?/g, (_, name: string, otherwise: string | undefined) =>
    String(variables.get(name) ?? otherwise ?? ""),
  );
}

function portOf(text: string): number | null {
  const port = Number(/^(\d{1,5})(?:\/tcp)?$/i.exec(text)?.[1]);
  return port >= 1 && port <= 65_535 ? port : null;
}

function commandOf(text: string | null): string[] | null {
  if (text === null) return null;
  if (!text.startsWith("[")) return [text];
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.length > 0 ? words.map(String) : null;
  } catch {
    return [text];
  }
}

function healthOf(text: string | null): string | null {
  if (text === null || /^NONE$/i.test(text)) return null;
  const url = /https?:\/\/[^/\s'"`]+(\/[^\s'"`|)\]?#]*)?/.exec(text);
  return url ? (url[1] ?? "/") : null;
}
