import type { Recording } from "./recording.js";

const IMAGE = "crshop.azurecr.io/shop/web@sha256:0f0e";
const invalid = (why: string) =>
  `The following field(s) are either invalid or missing. Field 'template.containers.web.image' is invalid with details: 'Invalid value: "${IMAGE}": ${why}';.`;

/** Answers of Container Apps about images: `DefaultErrorResponse` of app/resource-manager/Microsoft.App CommonDefinitions.json. */
export const CONTAINER_APPS: Recording[] = [
  {
    code: "InvalidParameterValueInContainerTemplate",
    about: "not allowed",
    status: 400,
    message: invalid(
      "GET https:?scope=repository%3Ashop%2Fweb%3Apull&service=crshop.azurecr.io: UNAUTHORIZED: authentication required, visit https://aka.ms/acr/authorization for more information.",
    ),
    source: "github.com/Azure/container-apps-deploy-action/issues/85",
  },
  {
    code: "InvalidParameterValueInContainerTemplate",
    about: "no such image",
    status: 400,
    message: invalid(
      "GET https:: MANIFEST_UNKNOWN: manifest sha256:0f0e is not found; map[Name:shop/web Revision:sha256:0f0e]",
    ),
    source: "github.com/microsoft/azure-container-apps/issues/863",
  },
  {
    code: "InvalidParameterValueInContainerTemplate",
    about: "wrong platform",
    status: 400,
    message: invalid('no child with platform linux/amd64 in index "crshop.azurecr.io/shop/web"'),
    source: "github.com/microsoft/vscode-azurecontainerapps/issues/80",
  },
  {
    code: "InvalidParameterValueInContainerTemplate",
    about: "rate limit",
    status: 400,
    message:
      "The following field(s) are either invalid or missing. Field 'template.containers.web.image' is invalid with details: 'Invalid value: \"docker.io/library/nginx:1\": GET https:: TOOMANYREQUESTS: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit';.",
    source: "docs.docker.com/docker-hub/usage/pulls",
  },
  {
    code: "WebhookInvalidParameterValue",
    status: 400,
    message: `The following field(s) are either invalid or missing. Invalid value: "${IMAGE}": GET https:?scope=repository%3Ashop%2Fweb%3Apull&service=crshop.azurecr.io: UNAUTHORIZED: authentication required.`,
    source: "azure.github.io/aca-java-runtimes-workshop",
  },
];

/** What BuildKit and a container's own start say, as lines of their output. */
export const IMAGE_WORDS: { about: string; text: string; source: string }[] = [
  {
    about: "exec format error",
    text: "exec /usr/local/bin/docker-entrypoint.sh: exec format error",
    source: "github.com/siderolabs/talos/issues/11268",
  },
  {
    about: "push without a sign-in",
    text: "ERROR: failed to push crshop.azurecr.io/shop/web:1: failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://crshop.azurecr.io/oauth2/token: 401 Unauthorized\nunauthorized: authentication required, visit https://aka.ms/acr/authorization for more information.",
    source: "learn.microsoft.com/azure/container-registry/container-registry-troubleshoot-login",
  },
  {
    about: "registry firewall",
    text: "denied: client with IP '203.0.113.7' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
    source: "learn.microsoft.com/azure/container-registry/container-registry-troubleshoot-access",
  },
  {
    about: "base image of Docker Hub",
    text: "ERROR: failed to solve: acme/nothing:1: failed to resolve source metadata for docker.io/acme/nothing:1: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    source: "docs.docker.com/build/buildkit",
  },
  {
    about: "base image for another platform",
    text: "ERROR: failed to solve: node:22: no match for platform in manifest: not found",
    source: "github.com/aws-samples/bottlerocket-images-cache/issues/7",
  },
  {
    about: "pull by Container Apps",
    text: 'Failed to pull image "crshop.azurecr.io/shop/web@sha256:0f0e": [rpc error: code = Unknown desc = failed to pull and unpack image: failed to authorize: 401 Unauthorized]. ErrImagePull',
    source: "learn.microsoft.com/azure/container-apps/troubleshooting",
  },
];
