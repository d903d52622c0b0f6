import { Aspects, type IAspect } from "cdktf";
import type { Construct, IConstruct } from "constructs";

type Taggable = IConstruct & { tags: Record<string, string>; tagsInput?: Record<string, string> };

/** Tags every resource in `scope` that can carry tags, also those that you add. */
export function tagEverything(scope: Construct, tags: Record<string, string>): void {
  Aspects.of(scope).add(new Tags(tags));
}

class Tags implements IAspect {
  constructor(private readonly tags: Record<string, string>) {}

  visit(node: IConstruct): void {
    // paas finds what belongs to an environment by these tags, so they win over a resource's own.
    if (isTaggable(node)) node.tags = { ...node.tagsInput, ...this.tags };
  }
}

function isTaggable(node: IConstruct): node is Taggable {
  return "tagsInput" in node;
}
