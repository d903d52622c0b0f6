/** Types of the parts of Azurite that the local cloud embeds; the package ships none. */

type AzuriteDocument = Record<string, unknown>;

type AzuriteDatabase = {
  serialize(): string;
  autosaveDisable(): void;
  getCollection(name: string): { find(): AzuriteDocument[] } | null;
};

declare module "azurite/dist/src/blob/persistence/LokiBlobMetadataStore.js" {
  class LokiBlobMetadataStore {
    constructor(file: string, inMemory: boolean);
    readonly db: AzuriteDatabase;
    init(): Promise<void>;
    close(): Promise<void>;
  }
  const azurite: typeof LokiBlobMetadataStore | { default: typeof LokiBlobMetadataStore };
  export default azurite;
}

declare module "azurite/dist/src/common/persistence/LokiExtentMetadataStore.js" {
  class LokiExtentMetadataStore {
    constructor(file: string, inMemory: boolean);
    readonly db: AzuriteDatabase;
    init(): Promise<void>;
    close(): Promise<void>;
    deleteExtent(id: string): Promise<void>;
  }
  const azurite: typeof LokiExtentMetadataStore | { default: typeof LokiExtentMetadataStore };
  export default azurite;
}

declare module "azurite/dist/src/common/persistence/FSExtentStore.js" {
  class FSExtentStore {
    constructor(
      metadata: object,
      destinations: { locationId: string; locationPath: string; maxConcurrency: number }[],
      logger: object,
    );
    init(): Promise<void>;
    close(): Promise<void>;
  }
  const azurite: typeof FSExtentStore | { default: typeof FSExtentStore };
  export default azurite;
}

declare module "azurite/dist/src/common/Logger.js" {
  const azurite: object | { default: object };
  export default azurite;
}

declare module "azurite/dist/src/blob/BlobRequestListenerFactory.js" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  type Account = { name: string; key1: Buffer; key2: undefined };
  class BlobRequestListenerFactory {
    constructor(
      metadata: object,
      extents: object,
      accounts: { getAccount(name: string): Account | undefined },
      enableAccessLog: boolean,
      accessLogWriteStream: undefined,
      loose: boolean,
      skipApiVersionCheck: boolean,
      /** 0 = basic: any well-formed token. */
      oauth: 0,
      disableProductStyleUrl: boolean,
    );
    createRequestListener(): (request: IncomingMessage, response: ServerResponse) => void;
  }
  const azurite: typeof BlobRequestListenerFactory | { default: typeof BlobRequestListenerFactory };
  export default azurite;
}
