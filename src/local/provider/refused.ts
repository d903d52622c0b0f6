import type { Refusal } from "./kinds/kind.js";
import type { AttributePath, Diagnostic } from "./messages.js";

const STATUS_TEXT = { 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict" } as const;

/** A call of Terraform that ends in an error for the user; the server answers it as a diagnostic. */
export class Refused extends Error {
  readonly diagnostics: Diagnostic[];

  constructor(diagnostics: Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.summary).join("\n"));
    this.diagnostics = diagnostics;
  }
}

export function refused(summary: string, path: AttributePath = []): Refused {
  return new Refused([{ summary, detail: "", path }]);
}

/** The words in which the provider passes on an answer of Azure. */
export function refusedByAzure(doing: string, { status, code, message }: Refusal): Refused {
  return refused(
    `${doing}: unexpected status ${status} (${status} ${STATUS_TEXT[status]}) with error: ${code}: ${message}`,
  );
}
