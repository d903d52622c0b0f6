import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Core } from "./core.js";
import { route } from "./route.js";

export const ISSUER = "https://token.actions.githubusercontent.com";
export const SUBJECT = "repo:acme@123/shop@456:environment:paas-branch";

/** What a job with `id-token: write` asks for its identity token. */
export function openGithubOidc({ tokens, now }: Core) {
  const requestToken = randomBytes(16).toString("hex");
  const github = {
    /** Subject of the tokens that are given out. */
    subject: SUBJECT,
    /** User agents of those who asked for tokens. */
    askedBy: [] as string[],
    /** Seconds by which the clock of who signs is off. */
    skew: 0,
    /** Variables of a job. */
    variables: {
      GITHUB_ACTIONS: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://run-actions-1.actions.githubusercontent.com/1/idtoken/2/3?api-version=2.0",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    },
    routes: [
      route({
        method: "GET",
        host: "{pod}.actions.githubusercontent.com",
        path: "/{+job}",
        versions: ["2.0"],
        query: z.strictObject({ audience: z.string() }),
        spec: "docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token",
        audience: null,
        responses: { 200: z.strictObject({ count: z.number(), value: z.string() }) },
        answer: ({ headers, query }) => {
          if (headers.authorization?.toLowerCase() !== `bearer ${requestToken}`)
            return { status: 401, body: { message: "Unauthorized" } };
          github.askedBy.push(headers["user-agent"] ?? "");
          const claims = { iss: ISSUER, sub: github.subject, aud: query.get("audience") ?? "" };
          const value = tokens.mint(claims, 300, new Date(now().getTime() + github.skew * 1000));
          return { status: 200, body: { count: value.length, value } };
        },
      }),
    ],
  };
  return github;
}
