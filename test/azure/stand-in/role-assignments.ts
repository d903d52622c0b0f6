import { z } from "zod";
import { ArmError } from "../../../src/local/arm/exchange.js";
import { builtIn } from "./built-in-roles.js";
import type { Core } from "./core.js";
import { type Call, pageOf, route, uuid } from "./route.js";

const VERSIONS = ["2022-04-01"];
const SPEC = "authorization/Microsoft.Authorization/stable/2022-04-01/authorization-RoleAssignmentsCalls.json";
const DEFINITIONS = "authorization/Microsoft.Authorization/stable/2022-04-01/authorization-RoleDefinitionsCalls.json";
const LIST = "/{+scope}/providers/Microsoft.Authorization/roleAssignments";
const DEFINITION = "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/{definition}";

const request = z.strictObject({
  properties: z.strictObject({
    roleDefinitionId: z
      .string()
      .regex(/^\/subscriptions\/[^/]+\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f-]{36}$/),
    principalId: uuid,
    principalType: z.enum(["User", "Group", "ServicePrincipal"]),
    condition: z.string().optional(),
    conditionVersion: z.literal("2.0").optional(),
  }),
});
const assignment = z.strictObject({
  id: z.string(),
  name: uuid,
  type: z.literal("Microsoft.Authorization/roleAssignments"),
  properties: request.shape.properties.extend({ scope: z.string() }),
});
const definition = z.strictObject({
  properties: z.strictObject({
    roleName: z.string().max(128),
    description: z.string().max(1024),
    type: z.enum(["CustomRole", "BuiltInRole"]),
    permissions: z
      .array(
        z.strictObject({
          actions: z.array(z.string()),
          notActions: z.array(z.string()),
          dataActions: z.array(z.string()),
          notDataActions: z.array(z.string()),
        }),
      )
      .length(1),
    assignableScopes: z.array(z.string()).min(1),
  }),
});
const namedDefinition = definition.extend({
  id: z.string(),
  name: uuid,
  type: z.literal("Microsoft.Authorization/roleDefinitions"),
});

export type Assignment = z.infer<typeof assignment>;

/** Who holds what where; tests say who may change that. */
export function openRoleAssignments(core: Core) {
  const state = {
    assignments: [] as Assignment[],
    definitions: new Map<string, z.infer<typeof definition>>(),
    /** False for a Contributor, who may neither hand out roles nor set and take off locks. */
    mayGrant: true,
    refuse: (call: Pick<Call, "caller" | "path">, action: string) => refuse(call, action),
    routes: [] as ReturnType<typeof route>[],
  };
  const refuse = ({ caller, path }: Pick<Call, "caller" | "path">, action: string) => {
    if (state.mayGrant) return;
    const message = `The client '${caller?.name}' with object id '${caller?.oid}' does not have authorization to perform action 'Microsoft.Authorization/${action}' over scope '${path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
    throw new ArmError(403, "AuthorizationFailed", message);
  };
  const isUnder = (scope: string, top: string) => `${scope}/`.toLowerCase().startsWith(`${top}/`.toLowerCase());
  /** Resources are there, or parts of one are. */
  const requireScope = (scope: string) => {
    if (/^\/subscriptions\/[^/]+$/.test(scope)) return;
    const top = /^.*?\/providers\/[^/]+\/[^/]+\/[^/]+/.exec(scope)?.[0] ?? scope;
    if (core.store.get(top)) return;
    throw new ArmError(404, "ResourceNotFound", `The Resource '${top}' was not found.`);
  };
  state.routes = [
    route({
      method: "GET",
      path: LIST,
      versions: VERSIONS,
      query: z.strictObject({
        $filter: z
          .string()
          .regex(/^(principalId eq '[0-9a-f-]{36}'|assignedTo\('[0-9a-f-]{36}'\))$/)
          .optional(),
      }),
      spec: SPEC,
      responses: { 200: pageOf(assignment) },
      answer: ({ names, query }) => {
        const scope = `/${names.scope}`;
        requireScope(scope);
        const principal = /'(.*)'/.exec(query.get("$filter") ?? "")?.[1];
        const value = state.assignments.filter(
          ({ properties: at }) =>
            (principal === undefined || at.principalId === principal) &&
            (isUnder(at.scope, scope) || isUnder(scope, at.scope)),
        );
        return { status: 200, body: { value } };
      },
    }),
    route({
      method: "PUT",
      path: `${LIST}/{name}`,
      versions: VERSIONS,
      spec: SPEC,
      request,
      responses: { 201: assignment, 200: assignment },
      answer: (call) => {
        refuse(call, "roleAssignments/write");
        const [scope, { properties }] = [`/${call.names.scope}`, call.body];
        requireScope(scope);
        const same = state.assignments.find(
          ({ properties: at }) =>
            isUnder(at.scope, scope) &&
            isUnder(scope, at.scope) &&
            at.principalId === properties.principalId &&
            at.roleDefinitionId === properties.roleDefinitionId,
        );
        if (same && same.name !== call.names.name)
          throw new ArmError(409, "RoleAssignmentExists", "The role assignment already exists.");
        if (same) return { status: 200, body: same };
        const made = {
          id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${call.names.name}`,
          name: call.names.name ?? "",
          type: "Microsoft.Authorization/roleAssignments" as const,
          properties: { ...properties, scope },
        };
        state.assignments.push(made);
        return { status: 201, body: made };
      },
    }),
    route({
      method: "DELETE",
      path: `${LIST}/{name}`,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: assignment, 204: null },
      answer: (call) => {
        refuse(call, "roleAssignments/delete");
        const found = state.assignments.find(({ name }) => name === call.names.name);
        if (!found) return { status: 204 };
        state.assignments.splice(state.assignments.indexOf(found), 1);
        return { status: 200, body: found };
      },
    }),
    route({
      method: "GET",
      path: DEFINITION,
      versions: VERSIONS,
      spec: DEFINITIONS,
      responses: { 200: namedDefinition },
      answer: ({ names: { definition: name = "" } }) => {
        const found = state.definitions.get(name) ?? builtIn(name);
        if (!found)
          throw new ArmError(
            404,
            "RoleDefinitionDoesNotExist",
            `The specified role definition with ID '${name}' does not exist.`,
          );
        return { status: 200, body: named(name, found) };
      },
    }),
    route({
      method: "PUT",
      path: DEFINITION,
      versions: VERSIONS,
      spec: DEFINITIONS,
      request: definition,
      responses: { 201: namedDefinition },
      answer: (call) => {
        refuse(call, "roleDefinitions/write");
        const name = call.names.definition ?? "";
        state.definitions.set(name, call.body);
        return { status: 201, body: named(name, call.body) };
      },
    }),
    route({
      method: "DELETE",
      path: DEFINITION,
      versions: VERSIONS,
      spec: DEFINITIONS,
      responses: { 200: namedDefinition, 204: null },
      answer: (call) => {
        refuse(call, "roleDefinitions/delete");
        const name = call.names.definition ?? "";
        const found = state.definitions.get(name);
        if (!found) return { status: 204 };
        state.definitions.delete(name);
        return { status: 200, body: named(name, found) };
      },
    }),
  ];
  const named = (name: string, found: z.infer<typeof definition>) => {
    const id = `/subscriptions/${core.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${name}`;
    return { id, name, type: "Microsoft.Authorization/roleDefinitions" as const, ...found };
  };
  return state;
}
