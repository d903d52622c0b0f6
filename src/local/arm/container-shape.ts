import { type Field, type Fields, listOf, objectOf, present, textOf, toArm, toProvider } from "./fields.js";

/* A container in its two shapes: `template.containers[]` of the REST API, `template.container` of the provider. */

const ENV: Field[] = [
  ["name", "name", ""],
  ["value", "value", ""],
  ["secretRef", "secret_name", ""],
];

const MOUNT: Field[] = [
  ["volumeName", "name", ""],
  ["mountPath", "path", ""],
  ["subPath", "sub_path", ""],
];

const CONTAINER: Field[] = [
  ["name", "name", ""],
  ["image", "image", ""],
  ["command", "command", []],
  ["args", "args", []],
];

const PROBE: Field[] = [
  ["initialDelaySeconds", "initial_delay", 0],
  ["periodSeconds", "interval_seconds", 0],
  ["timeoutSeconds", "timeout", 0],
  ["failureThreshold", "failure_count_threshold", 0],
];

const READINESS: Field[] = [...PROBE, ["successThreshold", "success_count_threshold", 0]];
const ENDING: Field[] = [...PROBE, ["terminationGracePeriodSeconds", "termination_grace_period_seconds", 0]];

/** The REST API's types of probes with the provider's blocks for them. */
const PROBES = [
  { type: "Startup", block: "startup_probe", fields: ENDING },
  { type: "Readiness", block: "readiness_probe", fields: READINESS },
  { type: "Liveness", block: "liveness_probe", fields: ENDING },
] as const;

/** Storage that comes with the vCPUs, up to so many of them. */
const EPHEMERAL_STORAGE: [cpu: number, storage: string][] = [
  [0.25, "1Gi"],
  [0.5, "2Gi"],
  [1, "4Gi"],
  [Number.POSITIVE_INFINITY, "8Gi"],
];

export function containerToArm(block: Fields): Fields {
  const { cpu, memory, ephemeral_storage: ephemeralStorage } = block;
  return present({
    ...toArm(CONTAINER, block),
    env: listOf(block.env).map((entry) => toArm(ENV, entry)),
    resources: present({ cpu, memory, ephemeralStorage }),
    probes: PROBES.flatMap(({ type, block: name, fields }) =>
      listOf(block[name]).map((probe) => ({ type, ...probeToArm(fields, probe) })),
    ),
    volumeMounts: listOf(block.volume_mounts).map((mount) => toArm(MOUNT, mount)),
  });
}

export function containerToProvider(container: Fields): Fields {
  const { cpu = 0, memory = "" } = objectOf(container.resources);
  const probes = listOf(container.probes);
  const blocks = PROBES.map(({ type, block, fields }) => {
    const ofType = probes.filter((probe) => probe.type === type);
    return [block, ofType.map((probe) => probeToProvider(fields, probe))] as const;
  });
  return {
    ...toProvider(CONTAINER, container),
    cpu,
    memory,
    ephemeral_storage: EPHEMERAL_STORAGE.find(([most]) => Number(cpu) <= most)?.[1] ?? "",
    env: listOf(container.env).map((entry) => toProvider(ENV, entry)),
    ...Object.fromEntries(blocks),
    volume_mounts: listOf(container.volumeMounts).map((mount) => toProvider(MOUNT, mount)),
  };
}

function probeToArm(fields: readonly Field[], block: Fields): Fields {
  const { host, path, port, transport, header } = block;
  const target = present({ host, port });
  const httpHeaders = listOf(header).map(({ name, value }) => ({ name, value }));
  const isHttp = transport === "HTTP" || transport === "HTTPS";
  return {
    ...toArm(fields, block),
    ...(isHttp ? { httpGet: present({ ...target, path, scheme: transport, httpHeaders }) } : { tcpSocket: target }),
  };
}

/** Without a `scheme` the provider's read leaves the transport empty, and its next update makes that a TCP probe. */
function probeToProvider(fields: readonly Field[], probe: Fields): Fields {
  const http = objectOf(probe.httpGet);
  const target = probe.httpGet === undefined ? objectOf(probe.tcpSocket) : http;
  return {
    ...toProvider(fields, probe),
    host: textOf(target.host),
    path: textOf(http.path),
    port: target.port ?? 0,
    transport: probe.httpGet === undefined ? "TCP" : textOf(http.scheme),
    header: listOf(http.httpHeaders).map(({ name, value }) => ({ name, value })),
  };
}
