import { describe, expect, it } from "vitest";
import { injectedEnv } from "../../src/environment/variables.js";
import { secretName } from "../../src/naming/secret.js";

describe("injectedEnv", () => {
  const request = {
    environment: { envId: "alice", branch: "env-alice" },
    service: { name: "web", port: 3000, env: { LEVEL: "info" }, secrets: ["STRIPE_KEY"] },
    commit: "0123456789abcdef0123456789abcdef01234567",
    addresses: { web: "http://web", "api-gateway": "http://api" },
  };

  it("says where the others are, what the service is part of, and its secrets by reference", () => {
    expect(injectedEnv(request)).toEqual([
      { name: "LEVEL", value: "info" },
      { name: "API_GATEWAY_URL", value: "http://api" },
      { name: "PAAS_ENVIRONMENT", value: "alice" },
      { name: "PAAS_BRANCH", value: "env-alice" },
      { name: "PAAS_COMMIT", value: "0123456789abcdef0123456789abcdef01234567" },
      { name: "PAAS_SERVICE", value: "web" },
      { name: "PORT", value: "3000" },
      { name: "STRIPE_KEY", secretRef: "stripe-key" },
    ]);
  });
});

it.each([
  ["STRIPE_KEY", "stripe-key"],
  ["A", "a"],
  ["A_B_2", "a-b-2"],
])("secretName(%s)", (variable, name) => {
  expect(secretName(variable)).toBe(name);
});
