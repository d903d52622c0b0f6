import { ref, stack } from "./stack.js";

export type Values = Record<string, unknown>;
export type Change = (stack: BadStack) => void;

/** The good stack, with its parts at hand to be spoilt. */
export class BadStack {
  readonly configuration: ReturnType<typeof stack>;

  constructor(name: string) {
    this.configuration = stack(name);
  }

  /** The first resource of a type, `azurerm_` left out. */
  get(type: string): Values {
    const [resource] = Object.values(this.configuration.resource[`azurerm_${type}`] ?? {});
    if (resource === undefined) throw new Error(`the stack has no ${type}`);
    return resource;
  }

  /** Adds a resource labelled `added`. */
  add(type: string, values: Values): void {
    const resources = { ...this.configuration.resource[`azurerm_${type}`], added: values };
    this.configuration.resource[`azurerm_${type}`] = resources;
  }

  readData(type: string, values: Values): void {
    this.configuration.data = { ...this.configuration.data, [`azurerm_${type}`]: { added: values } };
  }
}

/** Arguments that a resource in the stack's group has. */
export const IN_GROUP = { resource_group_name: ref("azurerm_resource_group.rg.name"), location: "westeurope" };

/** Sets arguments of the stack's resource of a type; undefined removes one. */
export function set(type: string, values: Values): Change {
  return (stack) => Object.assign(stack.get(type), values);
}

export function add(type: string, values: Values): Change {
  return (stack) => stack.add(type, values);
}

export function readData(type: string, values: Values): Change {
  return (stack) => stack.readData(type, values);
}

export function provider(values: Values): Change {
  return ({ configuration }) => Object.assign(configuration, { provider: values });
}

export const app = (values: Values): Change => set("container_app", values);
export const ingress = (values: Values): Change => inApp(["ingress"], values);
export const template = (values: Values): Change => inApp(["template"], values);
export const container = (values: Values): Change => inApp(["template", "container"], values);

/** Sets arguments of a block of the container app, found by the names of the blocks that lead to it. */
function inApp(blocks: string[], values: Values): Change {
  return (stack) => Object.assign(blocks.reduce(firstBlock, stack.get("container_app")), values);
}

export function firstBlock(around: Values, name: string): Values {
  return (around[name] as Values[])[0] as Values;
}
