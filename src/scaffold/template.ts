/** Text of each file of a template, by its path in the user's repository. */
export type Template = Record<string, string>;

export type Sample = "node" | "static";

/** Everything that `init` writes, as it lies in the package. */
export type Templates = {
  infra: Template;
  dockerfiles: Template;
  ignore: Template;
  /** JSON Schema of `paas.yaml`, for editors. */
  schema: string;
};
