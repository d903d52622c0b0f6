/** An action at one commit. The tag is for people: a tag can be moved, a commit cannot. */
export type Pin = {
  /** `owner/repository`. */
  action: string;
  /** 40 hex digits. */
  commit: string;
  tag: string;
  /** Names of the inputs that `action.yml` knows at this commit. */
  inputs: string[];
  required: string[];
};

/** The only actions that generated workflows use, as they were in November 2026. */
export const PINS = {
  checkout: {
    action: "actions/checkout",
    commit: "3d3c42e5aac5ba805825da76410c181273ba90b1",
    tag: "v7.0.1",
    inputs: words(`
      repository ref token ssh-key ssh-known-hosts ssh-strict ssh-user persist-credentials path clean filter
      sparse-checkout sparse-checkout-cone-mode fetch-depth fetch-tags show-progress lfs submodules
      set-safe-directory github-server-url allow-unsafe-pr-checkout`),
    required: [],
  },
  node: {
    action: "actions/setup-node",
    commit: "820762786026740c76f36085b0efc47a31fe5020",
    tag: "v7.0.0",
    inputs: words(`
      node-version node-version-file architecture check-latest registry-url scope token cache
      package-manager-cache cache-dependency-path mirror mirror-token`),
    required: [],
  },
  terraform: {
    action: "hashicorp/setup-terraform",
    commit: "dfe3c3f87815947d99a8997f908cb6525fc44e9e",
    tag: "v4.0.1",
    inputs: words(`
      cli_config_credentials_hostname cli_config_credentials_token terraform_version terraform_wrapper`),
    required: [],
  },
  cache: {
    action: "actions/cache",
    commit: "27d5ce7f107fe9357f9df03efb73ab90386fccae",
    tag: "v5.0.5",
    inputs: words(`
      path key restore-keys upload-chunk-size enableCrossOsArchive fail-on-cache-miss lookup-only save-always`),
    required: ["path", "key"],
  },
  buildx: {
    action: "docker/setup-buildx-action",
    commit: "37fe631027851001ddb9b187196cc803df7f5f0e",
    tag: "v4.3.0",
    inputs: words(`
      version driver driver-opts buildkitd-flags buildkitd-config buildkitd-config-inline use name endpoint
      platforms append keep-state cache-binary cleanup`),
    required: [],
  },
} as const satisfies Record<string, Pin>;

/** `actions/checkout@<commit> # v7.0.1`, what follows `uses:`. */
export function usesText({ action, commit, tag }: Pin): string {
  return `${action}@${commit} # ${tag}`;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
