import { DEFAULT_FEATURES, type Features, featuresOf, refuseConfiguration, refuseFeatures } from "./configuration.js";
import { readDataSource } from "./data-sources.js";
import { describeResource } from "./description.js";
import type { UnaryMethod } from "./grpc.js";
import type { Problem, SimulatedAzure } from "./kinds/kind.js";
import { kindOf } from "./kinds/kinds.js";
import {
  createResource,
  deleteResource,
  findResource,
  importResource,
  type Operation,
  updateResource,
} from "./lifecycle.js";
import * as messages from "./messages.js";
import { planResource } from "./planning.js";
import { Refused, refused } from "./refused.js";
import { type Block, conform, type TypeSchema } from "./schema.js";
import type { SchemaLibrary } from "./schemas.js";
import { validateConfiguration } from "./validation.js";
import { type Attributes, asAttributes, isAttributes, textOf, type Value } from "./values.js";

/** Makes an operation fail for a test: the error's text, or undefined to let it happen. */
export type Fault = (operation: Operation, type: string, name: string) => string | undefined;

/** The simulated `hashicorp/azurerm`: answers the calls of Terraform's plugin protocol, version 5. */
export class Provider {
  readonly #azure: SimulatedAzure;
  readonly #library: SchemaLibrary;
  readonly #fault: Fault;
  readonly #log: (line: string) => void;
  /** Each run of Terraform is a connection with a configuration of its own. */
  readonly #features = new WeakMap<object, Features>();

  constructor(azure: SimulatedAzure, library: SchemaLibrary, fault: Fault, log: (line: string) => void) {
    this.#azure = azure;
    this.#library = library;
    this.#fault = fault;
    this.#log = log;
  }

  /** The calls by the name they have in the protocol. */
  methods(): Record<string, UnaryMethod> {
    return {
      GetMetadata: () => messages.writeMetadata(),
      GetSchema: () => messages.writeSchemas(this.#library.current()),
      GetResourceIdentitySchemas: () => messages.EMPTY,
      GetFunctions: () => messages.EMPTY,
      PrepareProviderConfig: (body) => this.#prepare(messages.readConfiguration(body, 1)),
      Configure: (body, connection) => this.#configure(messages.readConfiguration(body, 2), connection),
      ValidateResourceTypeConfig: (body) => this.#validate(messages.readTyped(body)),
      ValidateDataSourceConfig: () => messages.EMPTY,
      UpgradeResourceState: (body) => this.#upgrade(messages.readUpgrade(body)),
      ReadResource: (body) => this.#read(messages.readRead(body)),
      PlanResourceChange: (body) => this.#plan(messages.readPlan(body)),
      ApplyResourceChange: (body, connection) => this.#apply(messages.readApply(body), connection),
      ImportResourceState: (body) => this.#import(messages.readImport(body)),
      ReadDataSource: (body) => this.#readData(messages.readTyped(body)),
      Stop: () => messages.EMPTY,
    };
  }

  #prepare(config: Value): Buffer {
    return messages.writePrepared(config, refuseFeatures(config));
  }

  #configure(config: Value, connection: object): Buffer {
    this.#features.set(connection, featuresOf(config));
    return messages.writeDiagnostics(refuseConfiguration(config, this.#azure.subscriptionId, this.#azure.tenantId));
  }

  #validate({ type, value }: messages.TypedRequest): Buffer {
    const problems = validateConfiguration(kindOf(type), this.#block("resource", type), asAttributes(value));
    return messages.writeDiagnostics(problems.map(problemDiagnostic));
  }

  #upgrade({ type, value }: messages.TypedRequest): Buffer {
    return messages.writeState(isAttributes(value) ? conform(this.#block("resource", type), value) : null);
  }

  #read({ type, value, private: kept }: messages.ReadRequest): Buffer {
    return answered(
      () => messages.writeRead(this.#current(type, asAttributes(value)), kept),
      (diagnostics) => messages.writeRead(value, kept, diagnostics),
    );
  }

  /** A resource as it is now; null when it is gone. */
  #current(type: string, state: Attributes): Attributes | null {
    this.#begin("read", type, state);
    const resource = findResource(type, textOf(state.id), this.#azure);
    if (resource === undefined) return null;
    const current = describeResource(this.#block("resource", type), resource, this.#azure);
    return "timeouts" in current ? { ...current, timeouts: state.timeouts ?? null } : current;
  }

  #plan({ type, prior, proposed, private: kept }: messages.PlanRequest): Buffer {
    if (!isAttributes(proposed)) return messages.writePlan(null, [], kept);
    const before = isAttributes(prior) ? prior : null;
    const { planned, replace } = planResource(kindOf(type), this.#block("resource", type), before, proposed);
    return messages.writePlan(planned, replace, kept);
  }

  #apply({ type, prior, planned, private: kept }: messages.ApplyRequest, connection: object): Buffer {
    return answered(
      () => messages.writeApplied(this.#applied(type, prior, planned, connection), kept),
      (diagnostics) => messages.writeApplied(prior, kept, diagnostics),
    );
  }

  #applied(type: string, prior: Value, planned: Value, connection: object): Value {
    const features = this.#features.get(connection) ?? DEFAULT_FEATURES;
    if (!isAttributes(planned)) {
      this.#begin("delete", type, asAttributes(prior));
      deleteResource(type, textOf(asAttributes(prior).id), features, this.#azure);
      return null;
    }
    const wanted = { type, block: this.#block("resource", type), prior: asAttributes(prior), planned, features };
    this.#begin(isAttributes(prior) ? "update" : "create", type, planned);
    return isAttributes(prior) ? updateResource(wanted, this.#azure) : createResource(wanted, this.#azure);
  }

  #import({ type, id }: messages.ImportRequest): Buffer {
    return answered(
      () => messages.writeImported(type, importResource(type, this.#block("resource", type), id)),
      (diagnostics) => messages.writeImported(type, undefined, diagnostics),
    );
  }

  #readData({ type, value }: messages.TypedRequest): Buffer {
    return answered(
      () => messages.writeState(readDataSource(type, this.#block("data", type), asAttributes(value), this.#azure)),
      (diagnostics) => messages.writeState(undefined, diagnostics),
    );
  }

  #begin(operation: Operation, type: string, attributes: Attributes): void {
    const name = textOf(attributes.name);
    this.#log(`provider: ${operation} ${type} ${name || textOf(attributes.id)}`);
    const fault = this.#fault(operation, type, name);
    if (fault !== undefined) throw refused(fault);
  }

  #block(kind: TypeSchema["kind"], type: string): Block {
    const schema = this.#library.current().find((one) => one.kind === kind && one.type === type);
    if (schema === undefined) throw new Error(`no schema of ${kind} ${type} is served`);
    return schema.block;
  }
}

/** Answers a call, or tells Terraform why it was refused; any other error is the server's. */
function answered(answer: () => Buffer, refuse: (diagnostics: messages.Diagnostic[]) => Buffer): Buffer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof Refused) return refuse(error.diagnostics);
    throw error;
  }
}

/** Terraform shows the line of an attribute when its path leads through lists only; sets have no indices. */
function problemDiagnostic({ path, message }: Problem): messages.Diagnostic {
  const steps = path.split(".").map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return { summary: message, detail: "", path: steps };
}
