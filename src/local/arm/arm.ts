import type { IncomingMessage } from "node:http";
import { PaasError } from "../../errors.js";
import { type Handler, sendError, sendJson } from "../front.js";
import { readBody } from "../front-body.js";
import { getApp, getAppOperation, getRevision, listApps, listRevisions, patchApp } from "./container-apps.js";
import { type ArmAnswer, type ArmContext, ArmError, type ArmRequest } from "./exchange.js";
import { type Fields, isFields } from "./fields.js";
import { deleteGroup, getDeletion, getGroup, headGroup, listGroups, patchGroup } from "./groups.js";
import { listMembers } from "./members.js";
import { deleteWorkspace, listLocks, noDeletedVault } from "./soft-deleted.js";
import { getTags, patchTags } from "./tags.js";

/** Answers a request; `names` are what the stars of its route stood for. */
type Answerer = (request: ArmRequest, context: ArmContext, ...names: string[]) => ArmAnswer;

/** Resource Manager's own limit for a request, in bytes. */
const LARGEST_BODY = 4 * 1024 * 1024;

const GROUPS = "resourceGroups";
const DELETED_VAULTS = "providers/Microsoft.KeyVault/locations/*/deletedVaults";
const APPS = `${GROUPS}/*/providers/Microsoft.App/containerApps`;

/** Calls below a subscription and who answers them. A star is one segment of the path, two are any number of them. */
const ROUTES: Record<string, Answerer> = {
  "GET **/providers/Microsoft.Resources/tags/default": getTags,
  "PATCH **/providers/Microsoft.Resources/tags/default": patchTags,
  [`GET ${GROUPS}`]: listGroups,
  [`GET ${GROUPS}/*`]: getGroup,
  [`HEAD ${GROUPS}/*`]: headGroup,
  [`PATCH ${GROUPS}/*`]: patchGroup,
  [`DELETE ${GROUPS}/*`]: deleteGroup,
  "GET operationresults/*": getDeletion,
  [`GET ${GROUPS}/*/resources`]: listMembers,
  [`GET ${GROUPS}/*/providers/Microsoft.Authorization/locks`]: listLocks,
  [`DELETE ${GROUPS}/*/providers/Microsoft.OperationalInsights/workspaces/*`]: deleteWorkspace,
  [`GET ${DELETED_VAULTS}/*`]: noDeletedVault,
  [`POST ${DELETED_VAULTS}/*/purge`]: noDeletedVault,
  [`GET ${APPS}`]: listApps,
  [`GET ${APPS}/*`]: getApp,
  [`PATCH ${APPS}/*`]: patchApp,
  "GET providers/Microsoft.App/locations/*/containerappOperationResults/*": getAppOperation,
  [`GET ${APPS}/*/revisions`]: listRevisions,
  [`GET ${APPS}/*/revisions/*`]: getRevision,
};

const COMPILED = Object.entries(ROUTES).map(([call, answerer]) => ({ pattern: patternOf(call), answerer }));

/**
 * The part of Azure Resource Manager's REST API that paas calls, over the store that the simulated provider writes to.
 * Who may ask has been decided before.
 */
export function createArm(context: ArmContext): Handler {
  return async (request, response) => {
    try {
      const { status, body, headers = {} } = answer(await readRequest(request), context);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (body === undefined) response.writeHead(status, { "content-length": 0 }).end();
      else sendJson(response, status, body);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      sendError(response, error.status, error.code, error.message);
    }
  };
}

function answer(request: ArmRequest, context: ArmContext): ArmAnswer {
  if (!request.query.get("api-version")) {
    const message = "The api-version query parameter (?api-version=) is required for all requests.";
    throw new ArmError(400, "MissingApiVersionParameter", message);
  }
  const [, subscription = "", rest = ""] = /^\/subscriptions\/([^/]+)\/?(.*)$/i.exec(request.path) ?? [];
  if (subscription !== "" && subscription !== context.subscriptionId) {
    throw new ArmError(404, "SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
  }
  for (const { pattern, answerer } of COMPILED) {
    const match = pattern.exec(`${request.method} ${rest}`);
    if (match) return answerer(request, context, ...match.slice(1));
  }
  const call = `${request.method} ${request.path}`;
  throw new ArmError(
    501,
    "NotImplemented",
    `The local cloud does not play this part of Azure Resource Manager: ${call}`,
  );
}

function patternOf(call: string): RegExp {
  const escaped = call
    .replaceAll(".", "\\.")
    .replaceAll("**", "(.+)")
    .replaceAll(/(?<!\.)\*/g, "([^/]+)");
  return new RegExp(`^${escaped}/?$`, "i");
}

async function readRequest(request: IncomingMessage): Promise<ArmRequest> {
  const origin = `https://${request.headers.host}`;
  // The SDKs join a scope that begins with a slash to a path that ends with one.
  const { pathname, searchParams: query } = new URL(`${origin}${(request.url ?? "/").replace(/^\/+/, "/")}`);
  const path = decoded(pathname);
  return { method: request.method ?? "GET", path, query, origin, body: await bodyOf(request) };
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw new ArmError(400, "InvalidRequestUri", `The request URI '${pathname}' is invalid.`);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Fields> {
  const text = await readBody(request, LARGEST_BODY).catch((error: unknown) => {
    if (!(error instanceof PaasError)) throw error;
    throw new ArmError(413, "RequestContentTooLarge", `The request content is larger than ${LARGEST_BODY} bytes.`);
  });
  if (text === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    if (isFields(body)) return body;
  } catch {
    // said below
  }
  throw new ArmError(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
}
