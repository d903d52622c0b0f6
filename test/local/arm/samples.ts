/** One container in its two shapes. */
export const bareContainer = {
  name: "web",
  image: "i",
  command: [],
  args: [],
  cpu: 0.5,
  memory: "1Gi",
  ephemeral_storage: "2Gi",
  env: [],
  startup_probe: [],
  readiness_probe: [],
  liveness_probe: [],
  volume_mounts: [],
};
export const armContainer = {
  name: "web",
  image: "i",
  resources: { cpu: 0.5, memory: "1Gi", ephemeralStorage: "2Gi" },
};
