import type { Environment, Platform } from "../environment/environment.js";

/** How an ejected folder is used by someone who does not have paas. */
export function ejectedReadme(environment: Environment, platform: Platform, simulated: boolean): string {
  const { envId, project, resourceGroup, state, services } = environment;
  const apps = services.map(({ name, appName }) => `| ${name} | ${appName} |`).join("\n");
  return `# ${project.name}: environment ${envId}

Plain Terraform of this environment: everything in the resource group \`${resourceGroup}\`. \`main.tf.json\` names the
subscription and the state, \`${state.key}\` in the container \`${state.container}\` of the storage account
\`${platform.stateAccount}\`. It is the same state that paas uses: run one of the two at a time.
${simulated ? SIMULATED : ""}
## Use it

\`\`\`
az login --tenant ${platform.tenantId}
terraform init
terraform plan
\`\`\`

Whoever runs it needs the role Storage Blob Data Contributor on the state's container, and Contributor on the resource
group. A plan right after ejecting shows no change.

## What Terraform leaves alone

Image, variables, probes and secrets of the apps are set at each deployment and ignored here, so that applying this never
takes an app back. Without paas, deploy an image with \`az containerapp update --image <registry>/<image>@<digest>\`.

| service | container app |
|---|---|
${apps}

Values of secrets are in the environment's Key Vault and nowhere in these files. What environments share (registry,
Container Apps environment, logs, the state account) belongs to the platform and is referred to by its id.
`;
}

const SIMULATED = `
**This points at the local cloud of paas, which simulates Azure on one machine.** Nothing outside that machine answers
to these names; eject with \`--cloud azure\` for real ones.
`;
