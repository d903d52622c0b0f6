import { describe, expect, test } from "vitest";
import { type NotInState, parseLock, terraformError } from "../../src/terraform/failure.js";
import { type Diagnostic, parseErrors, parseMessage } from "../../src/terraform/messages.js";

const RUN = { envId: "alice", work: "/work" };

// Words of Terraform 1.11 with its azurerm backend.
const LOCK_INFO = `Lock Info:
  ID:        e7cc0e0a-dbce-2978-4bf8-d86776bdca80
  Path:      tier-nonprod/state/alice.tfstate
  Operation: OperationTypeApply
  Who:       runner@host
  Version:   1.11.4
  Created:   2026-11-21 08:10:21.669219804 +0000 UTC
  Info:      
`;
const LOCKED = `
Error: Error acquiring the state lock

Error message: state blob is already locked
${LOCK_INFO}

Terraform acquires a state lock to protect the state from being written
by multiple users at the same time. Please resolve the issue above and try
again. For most commands, you can disable locking with the "-lock=false"
flag, but this is not recommended.
`;
const INIT_RACE = `Error: Error loading state: failed to lock azure state: state blob is already locked\n${LOCK_INFO}`;
const FRAMED = LOCKED.split("\n")
  .map((line) => `│ ${line}`)
  .join("\n");
const LEASE_WITHOUT_METADATA = `
Error: Error acquiring the state lock

Error message: state blob is already locked
blob metadata "terraformlockid" was empty
`;

describe("a lock", () => {
  test.each([
    ["plan and apply", LOCKED],
    ["init", INIT_RACE],
    ["a terminal's frame", FRAMED],
  ])("of %s names its holder", (_, text) => {
    expect(parseLock(text)).toEqual({
      id: "e7cc0e0a-dbce-2978-4bf8-d86776bdca80",
      who: "runner@host",
      operation: "OperationTypeApply",
      created: "2026-11-21T08:10:21Z",
    });
    expect(terraformError(RUN, "apply", parseErrors(text), text)).toMatchObject({
      code: "state-locked",
      exit: 6,
      details: [
        "held by runner@host since 2026-11-21T08:10:21Z (apply)",
        "lock id e7cc0e0a-dbce-2978-4bf8-d86776bdca80",
      ],
    });
  });

  test("without a holder is still a lock", () => {
    expect(parseLock(LEASE_WITHOUT_METADATA)).toBeNull();
    expect(terraformError(RUN, "plan", [], LEASE_WITHOUT_METADATA)).toMatchObject({
      code: "state-locked",
      exit: 6,
      details: ["the lock does not say who holds it"],
    });
  });

  test("is seen in a diagnostic as well", () => {
    const diagnostic: Diagnostic = {
      severity: "error",
      summary: "Error acquiring the state lock",
      detail: LOCK_INFO,
      address: null,
    };
    expect(terraformError(RUN, "apply", [diagnostic], "").details[1]).toContain("e7cc0e0a");
  });
});

describe("foreign errors", () => {
  test.each([
    [
      "unexpected status 403 (403 This request is not authorized) with AuthorizationPermissionMismatch",
      "not-allowed",
      4,
    ],
    ["The client does not have authorization: AuthorizationFailed", "not-allowed", 4],
    [
      "unable to build authorizer for Resource Manager API: could not configure AzureCli Authorizer",
      "not-signed-in",
      4,
    ],
    [
      '{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}',
      "sign-in-failed",
      4,
    ],
    ["Error: Saved plan is stale", "plan-stale", 1],
    ["ParentResourceNotFound: Failed to perform 'write' on resource(s)", "terraform-failed", 1],
  ])("%s", (text, code, exit) => {
    expect(terraformError(RUN, "apply", [], text)).toMatchObject({ code, exit });
  });

  test("are cut to the first three, each to a few lines", () => {
    const detail = ["first", "", "second", "third", "fourth"].join("\n");
    const errors = ["a", "b", "c", "d"].map((name) => ({
      severity: "error" as const,
      summary: `creating ${name}`,
      detail,
      address: `azurerm_x.${name}`,
    }));
    const warning = { severity: "warning" as const, summary: "deprecated", detail: "", address: null };
    const { message, details } = terraformError(RUN, "apply", [warning, ...errors], "");
    expect(message).toBe("terraform apply failed for alice: creating a");
    expect(details).toHaveLength(12);
    expect(details.slice(0, 5)).toEqual([
      "azurerm_x.a: creating a",
      "  first",
      "  second",
      "  third",
      "azurerm_x.b: creating b",
    ]);
  });

  test("that resources exist which the state does not know, name them", () => {
    const exists = (address: string | null, id: string) => ({
      severity: "error" as const,
      summary: `A resource with the ID "${id}" already exists - to be managed via Terraform this resource needs to be imported`,
      detail: "",
      address,
    });
    const errors = [exists("azurerm_resource_group.group", "/subscriptions/s/resourceGroups/rg"), exists(null, "/x")];
    const error = terraformError(RUN, "apply", errors, "");
    expect(error.code).toBe("not-in-state");
    expect((error.cause as NotInState).resources).toEqual([
      { address: "azurerm_resource_group.group", id: "/subscriptions/s/resourceGroups/rg" },
    ]);
  });

  test("without any word are still named", () => {
    expect(terraformError(RUN, "apply", [], "").message).toBe(
      "terraform apply failed for alice: it ended without a word",
    );
  });
});

describe("a line of -json output", () => {
  test.each([
    ["not json at all", { text: "not json at all", event: null, diagnostic: null }],
    ["{ broken", { text: "{ broken", event: null, diagnostic: null }],
    ['{"@message":"Terraform 1.11.4","type":"version"}', { text: "Terraform 1.11.4", event: null, diagnostic: null }],
    [
      '{"@message":"m","type":"apply_complete","hook":{"resource":{"addr":"a.b"},"action":"create","elapsed_seconds":1.5}}',
      {
        text: "m",
        event: { type: "resource", address: "a.b", action: "create", phase: "done", elapsed: 1500 },
        diagnostic: null,
      },
    ],
    [
      '{"@message":"Error: s","type":"diagnostic","diagnostic":{"severity":"error","summary":"s","detail":"d","address":"a.b"}}',
      { text: "Error: s", event: null, diagnostic: { severity: "error", summary: "s", detail: "d", address: "a.b" } },
    ],
  ])("%s", (line, expected) => {
    expect(parseMessage(line)).toEqual(expected);
  });
});

test("errors in plain text are read with their details", () => {
  const text = "Initializing…\n╷\n│ Error: One\n│ \n│ why one\n╵\n╷\n│ Error: Two\n╵\n";
  expect(parseErrors(text).map(({ summary, detail }) => [summary, detail])).toEqual([
    ["One", "why one"],
    ["Two", ""],
  ]);
});
