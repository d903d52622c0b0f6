import type { ArmAnswer, ArmRequest } from "./exchange.js";
import { ArmError } from "./exchange.js";

/** Items per page when the client does not ask for fewer; as many as it may ask for. */
const PAGE = 100;

/**
 * Answers with one page of a list, and the link to the next. The link says where the page ended, so that a list that
 * changes meanwhile shows nothing twice.
 */
export function pageOf<Item extends { id: string }>(
  items: Item[],
  request: ArmRequest,
  render: (item: Item) => unknown,
): ArmAnswer {
  const after = Buffer.from(request.query.get("$skiptoken") ?? "", "base64url").toString("utf8");
  const rest = items
    .map((item) => ({ item, key: item.id.toLowerCase() }))
    .filter(({ key }) => key > after)
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const page = rest.slice(0, sizeOf(request));
  const last = page.at(-1);
  const more = last !== undefined && rest.length > page.length;
  return {
    status: 200,
    body: { value: page.map(({ item }) => render(item)), ...(more ? { nextLink: linkAfter(last.key, request) } : {}) },
  };
}

function sizeOf({ query }: ArmRequest): number {
  const top = query.get("$top");
  if (top === null) return PAGE;
  if (/^[1-9]\d*$/.test(top)) return Math.min(Number(top), PAGE);
  throw new ArmError(
    400,
    "InvalidQueryParameterValue",
    `The value '${top}' of the query parameter '$top' is not valid.`,
  );
}

function linkAfter(key: string, { origin, path, query }: ArmRequest): string {
  const next = new URLSearchParams(query);
  next.set("$skiptoken", Buffer.from(key).toString("base64url"));
  return `${origin}${encodeURI(path)}?${next}`;
}
