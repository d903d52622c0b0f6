import { expect, test } from "vitest";
import { containerToArm, containerToProvider } from "../../../src/local/arm/container-shape.js";
import { armContainer, bareContainer } from "./samples.js";

const http = {
  host: "",
  path: "/healthz",
  port: 8080,
  transport: "HTTP",
  header: [],
  initial_delay: 1,
  interval_seconds: 2,
  timeout: 3,
  failure_count_threshold: 4,
};
const httpGet = { path: "/healthz", port: 8080, scheme: "HTTP" };
const times = { initialDelaySeconds: 1, periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 4 };

/** Each row is one thing in both shapes: what goes one way comes back the other. */
const containers: [string, object, object][] = [
  ["bare", armContainer, bareContainer],
  [
    "command and arguments",
    { ...armContainer, command: ["node"], args: ["a.js", "-v"] },
    { ...bareContainer, command: ["node"], args: ["a.js", "-v"] },
  ],
  [
    "variables",
    {
      ...armContainer,
      env: [
        { name: "A", value: "1" },
        { name: "B", secretRef: "b" },
      ],
    },
    {
      ...bareContainer,
      env: [
        { name: "A", value: "1", secret_name: "" },
        { name: "B", value: "", secret_name: "b" },
      ],
    },
  ],
  [
    "probes",
    {
      ...armContainer,
      probes: [
        { type: "Startup", httpGet, ...times, terminationGracePeriodSeconds: 0 },
        {
          type: "Readiness",
          httpGet: { ...httpGet, scheme: "HTTPS", host: "h", httpHeaders: [{ name: "x", value: "y" }] },
          ...times,
          successThreshold: 5,
        },
        { type: "Liveness", tcpSocket: { port: 9 }, ...times, terminationGracePeriodSeconds: 7 },
      ],
    },
    {
      ...bareContainer,
      startup_probe: [{ ...http, termination_grace_period_seconds: 0 }],
      readiness_probe: [
        { ...http, transport: "HTTPS", host: "h", header: [{ name: "x", value: "y" }], success_count_threshold: 5 },
      ],
      liveness_probe: [{ ...http, transport: "TCP", path: "", port: 9, termination_grace_period_seconds: 7 }],
    },
  ],
  [
    "volumes",
    { ...armContainer, volumeMounts: [{ volumeName: "v", mountPath: "/v", subPath: "s" }] },
    { ...bareContainer, volume_mounts: [{ name: "v", path: "/v", sub_path: "s" }] },
  ],
];
test.each(containers)("a container with %s", (_name, rest, block) => {
  expect(containerToArm({ ...block })).toEqual(rest);
  expect(containerToProvider({ ...rest })).toEqual(block);
});

test.each([
  [0.25, "1Gi"],
  [0.5, "2Gi"],
  [0.75, "4Gi"],
  [1, "4Gi"],
  [2, "8Gi"],
])("%s vCPU come with %s of ephemeral storage", (cpu, storage) => {
  expect(containerToProvider({ resources: { cpu, memory: "1Gi" } }).ephemeral_storage).toBe(storage);
});

test("a probe in its short form is read as the provider reads it: without transport, all zeros", () => {
  const { readiness_probe } = containerToProvider({
    probes: [{ type: "Readiness", httpGet: { path: "/", port: 80 } }],
  });
  expect(readiness_probe).toEqual([
    {
      host: "",
      path: "/",
      port: 80,
      transport: "",
      header: [],
      initial_delay: 0,
      interval_seconds: 0,
      timeout: 0,
      failure_count_threshold: 0,
      success_count_threshold: 0,
    },
  ]);
});
