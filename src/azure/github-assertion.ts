import { PaasError } from "../errors.js";
import { type ClientOptions, openHttp } from "./client.js";

/** What Entra expects a federated token to be made for. */
const AUDIENCE = "api://AzureADTokenExchange";

/**
 * Asks GitHub for a fresh identity token of the job at every call: one is good for minutes only, and a run may be long.
 * @param request from the job's `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`
 */
export function githubAssertion(
  request: { url: string; token: string },
  options: ClientOptions,
): () => Promise<string> {
  const http = openHttp(null, options);
  return async () => {
    const url = new URL(request.url);
    url.searchParams.set("audience", AUDIENCE);
    const headers = { authorization: `Bearer ${request.token}` };
    try {
      const { body } = await http({ method: "GET", url: url.href, headers });
      const { value } = body as { value?: string };
      if (value) return value;
    } catch (cause) {
      const { statusCode } = cause as { statusCode?: number };
      throw new PaasError(
        "github-token-refused",
        `GitHub gave no identity token for this job: ${statusCode ?? "no answer"}`,
        {
          details: ["a job's right to ask ends with the job"],
          next: "run the job again; it needs `permissions: id-token: write`",
          exit: 4,
          cause,
        },
      );
    }
    throw new PaasError("github-token-refused", "GitHub's answer holds no identity token", {
      next: "run the job again; when it stays so, githubstatus.com may say why",
      exit: 4,
    });
  };
}
