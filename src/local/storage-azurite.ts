/** The parts of Azurite that the local cloud embeds: its Loki variant, without the servers, SQL and telemetry around it. */
import BlobRequestListenerFactory from "azurite/dist/src/blob/BlobRequestListenerFactory.js";
import LokiBlobMetadataStore from "azurite/dist/src/blob/persistence/LokiBlobMetadataStore.js";
import Logger from "azurite/dist/src/common/Logger.js";
import FSExtentStore from "azurite/dist/src/common/persistence/FSExtentStore.js";
import LokiExtentMetadataStore from "azurite/dist/src/common/persistence/LokiExtentMetadataStore.js";

export const RequestListenerFactory = exported(BlobRequestListenerFactory);
export const BlobMetadataStore = exported(LokiBlobMetadataStore);
export const ExtentMetadataStore = exported(LokiExtentMetadataStore);
export const ExtentStore = exported(FSExtentStore);
/** Azurite's logger; silent until it is told otherwise. */
export const logger = exported(Logger);

/** Loaders disagree whether the default import of a CommonJS module is its `exports` or its `exports.default`. */
function exported<T extends object>(imported: T | { default: T }): T {
  return "default" in imported ? imported.default : imported;
}
