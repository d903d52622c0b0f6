import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { readAddress } from "../src/local/address.js";
import { localClientOptions } from "../src/local/certificate.js";
import { readSettings } from "../src/local/settings.js";
import { tokenCredential } from "../src/local/token.js";
import { type EnvironmentRecord, parseRecord, renderRecord } from "../src/state/record.js";
import { renderSummary } from "../src/state/summary.js";
import type { Figure } from "./figures.js";
import { median, timed } from "./measure.js";
import type { Project } from "./project.js";

const ENVIRONMENTS = 1000;
const AT_ONCE = 8;

/** A listing of very many environments beside one of a single one: it grows with pages, not with environments. */
export async function manyEnvironments(project: Project): Promise<Figure> {
  const one = await listing(project, 1);
  await fill(project);
  const many = await listing(project, ENVIRONMENTS);
  return {
    what: "paas ls of 1,000 environments",
    ours: many,
    baseline: { what: "paas ls of one", took: one },
    rule: "≤ baseline + 1 s",
    allowed: one + 1000,
  };
}

async function listing(project: Project, count: number): Promise<number> {
  const samples: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    samples.push(
      await timed(async () => {
        const { environments } = JSON.parse(await project.paas("ls", "--json")) as { environments: unknown[] };
        if (environments.length !== count)
          throw new Error(`ls shows ${environments.length} environments, not ${count}`);
      }),
    );
  }
  return median(samples);
}

/** Copies the record of the one environment that there is. */
async function fill(project: Project): Promise<void> {
  const container = openContainer(project.repository);
  const text = await container.getBlockBlobClient("envs/bench.json").downloadToBuffer();
  const record = parseRecord(text.toString("utf8"), "the record of bench");
  for (let first = 1; first < ENVIRONMENTS; first += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, step) => first + step).filter(
      (number) => number < ENVIRONMENTS,
    );
    await Promise.all(numbers.map((number) => put(container, { ...record, envId: `bench${number}` })));
  }
}

async function put(container: ContainerClient, record: EnvironmentRecord): Promise<void> {
  const text = renderRecord(record);
  const blob = container.getBlockBlobClient(`envs/${record.envId}.json`);
  await blob.upload(text, Buffer.byteLength(text), { metadata: renderSummary(record) });
}

function openContainer(repository: string): ContainerClient {
  const address = readAddress(repository);
  const { account } = readSettings(repository);
  if (!address || !account) throw new Error("the local cloud does not run");
  const url = `https://127.0.0.1:${address.port}/${account}`;
  const options = { ...localClientOptions(address.certificate), retryOptions: { maxTries: 1 } };
  return new BlobServiceClient(url, tokenCredential(address.token), options).getContainerClient("tier-nonprod");
}
