import { EXIT } from "../../errors.js";
import type { Explained } from "./explained.js";

const IMAGE = /(?:Invalid value: \\?"|image \\?["']|reference \\?["'])(?<image>[^"'\\\s]+)/;
const HUB = /docker\.io|docker\.com|Docker Hub/;

/** Container Apps pulls as the platform's pull identity. */
const PULL = {
  code: "image-not-allowed",
  exit: EXIT.signIn,
  reads: [IMAGE],
  means: "Container Apps could not pull the image {image|of this service}",
  allowed: "an image of the platform's registry, pulled by the platform's pull identity with AcrPull on it",
  next: "`paas doctor` tells whether the pull identity has its role; `paas bootstrap` gives it",
};

/** Images: what registries answer, and what Container Apps says when it pulls and starts them. Only words tell these. */
export const IMAGES: readonly Explained[] = [
  {
    code: "image-platform",
    codes: [],
    words:
      /exec format error|no match for platform in manifest|no matching manifest for|no child with platform|image operating system|architecture .{0,40}not supported/i,
    reads: [IMAGE],
    means: "the image {image|of this service} is built for another processor than Azure's",
    allowed: "linux/amd64",
    next: "let `paas up` build it (it asks for linux/amd64), or build with `docker buildx build --platform linux/amd64`",
  },
  {
    code: "image-missing",
    codes: [],
    words:
      /MANIFEST_UNKNOWN|NAME_UNKNOWN|manifest (?:tagged by|for) .{0,200}(?:not found|is not found)|manifest unknown/,
    reads: [IMAGE],
    means: "the registry has no image {image|of this digest or tag} (any more)",
    allowed: "an image that was pushed whole and that no clean-up has removed since",
    next: "`paas up` builds and pushes it again; a push that was interrupted leaves none",
  },
  {
    code: "registry-throttled",
    codes: [],
    words: /TOOMANYREQUESTS|toomanyrequests|pull rate limit/,
    reads: [IMAGE],
    means: "the registry answers no more requests for now (Docker Hub counts pulls of all who share an address)",
    allowed: "pulls through the platform's registry, which keeps copies of docker.io, ghcr.io and mcr.microsoft.com",
    next: "run again later; `paas bootstrap` sets the copies up",
  },
  {
    code: "image-not-allowed",
    exit: EXIT.signIn,
    codes: [],
    words: new RegExp(
      `(?:${HUB.source})[\\s\\S]*(?:UNAUTHORIZED|DENIED|denied:|pull access denied)|pull access denied`,
    ),
    reads: [IMAGE],
    means: "Docker Hub has no public image {image|of this name}, or wants a sign-in for it",
    allowed: "public images, or those of the platform's registry",
    next: "correct the image's name in the Dockerfile",
  },
  {
    ...PULL,
    codes: ["InvalidParameterValueInContainerTemplate", "WebhookInvalidParameterValue"],
    words: /UNAUTHORIZED|DENIED/,
  },
  {
    ...PULL,
    codes: [],
    words: /ErrImagePull|ImagePullBackOff|ImagePullFailure|Failed to pull image|failed to pull and unpack/i,
  },
  {
    code: "image-not-allowed",
    exit: EXIT.signIn,
    codes: [],
    words: /\bUNAUTHORIZED\b|unauthorized: authentication required|aka\.ms\/acr\/authorization/,
    reads: [IMAGE],
    means: "the registry wants a sign-in, or does not accept this one",
    allowed: "an identity with AcrPush on the registry; a token of it ends after some hours",
    next: "sign in anew (`paas login`), then run again; `paas doctor` names the roles that are missing",
  },
  {
    code: "image-not-allowed",
    exit: EXIT.signIn,
    codes: [],
    words: /\bDENIED\b|denied: (?:requested access|client with IP)/,
    reads: [IMAGE, /client with IP '(?<address>[^']+)'/],
    means: "the registry does not let this identity (or this network) push or pull {image|here}",
    allowed: "an identity with AcrPush, from a network that the registry's firewall lists",
    next: "`paas doctor` names the roles that are missing; a network is added with `az acr network-rule add`",
  },
];
