/** What Azure answered to a request that failed, read from whatever an SDK throws. */
export type Answer = {
  status: number | null;
  /** Error codes, the innermost first: wrappers like `InvalidTemplateDeployment` say nothing themselves. */
  codes: string[];
  /** Its own words, every level of them, the innermost first. */
  text: string;
  requestId: string | null;
  correlationId: string | null;
};

/** The fields of `RestError`, `AuthenticationError` and their kind that are looked at; all of them may be missing. */
type Thrown = {
  name?: unknown;
  code?: unknown;
  statusCode?: unknown;
  message?: unknown;
  response?: { bodyAsText?: unknown; headers?: { get(name: string): string | undefined } };
  errorResponse?: { errorDescription?: unknown; correlationId?: unknown; traceId?: unknown };
};

/** `ErrorResponse` of Resource Manager, and `errors` of the distribution API of registries. */
type Level = { code?: unknown; message?: unknown; details?: unknown; errors?: unknown; innererror?: unknown };

/** Reads an error of an Azure SDK; a value that is none gives an answer with its words alone. */
export function readAnswer(error: unknown): Answer {
  const thrown = (typeof error === "object" && error !== null ? error : { message: String(error) }) as Thrown;
  const { response, errorResponse } = thrown;
  const levels = levelsOf(parsed(response?.bodyAsText));
  const header = (name: string) => response?.headers?.get(name) ?? null;
  const codes = [...levels.map(({ code }) => code), header("x-ms-error-code"), thrown.code, thrown.name].filter(isText);
  const words = [...levels.map(({ message }) => message), errorResponse?.errorDescription, thrown.message];
  return {
    status: typeof thrown.statusCode === "number" ? thrown.statusCode : null,
    codes: [...new Set(codes)].filter((code) => !NAMES_OF_CLASSES.has(code)),
    text: [...new Set(words.filter(isText))].join("\n"),
    requestId: header("x-ms-request-id") ?? textOrNull(errorResponse?.traceId),
    correlationId: header("x-ms-correlation-request-id") ?? textOrNull(errorResponse?.correlationId),
  };
}

const NAMES_OF_CLASSES = new Set(["Error", "RestError", "AuthenticationError"]);

/** The innermost errors first, each level before the one that holds it. */
function levelsOf(body: unknown): Level[] {
  if (typeof body !== "object" || body === null) return [];
  const { error, errors } = body as { error?: unknown; errors?: unknown };
  if (typeof error === "object" && error !== null) return within(error);
  return Array.isArray(errors) ? errors.flatMap(within) : within(body);
}

function within(level: unknown): Level[] {
  if (typeof level !== "object" || level === null) return [];
  const { details, innererror, message } = level as Level;
  const inner = Array.isArray(details) ? details.flatMap(within) : [];
  // Some resource providers put the inner error into the message, as JSON.
  const quoted = isText(message) && message.startsWith("{") ? levelsOf(parsed(message)) : [];
  return [...inner, ...within(innererror), ...quoted, level as Level];
}

function parsed(text: unknown): unknown {
  if (!isText(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function textOrNull(value: unknown): string | null {
  return isText(value) ? value : null;
}
