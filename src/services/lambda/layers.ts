/**
 * Layers: zip files that functions share, in numbered versions that do not change.
 * https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
 */
import type {
  GetLayerVersionResponse,
  LayerVersionsListItem,
  Operations,
} from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change, listed } from './change.ts';
import { codeLocation, recount } from './code.ts';
import { readZip } from './code-source.ts';
import { moment } from './configuration.ts';
import { invalid, missing, notBuilt } from './errors.ts';
import {
  type LayerAddress,
  type LayerVersion,
  layerArn,
  layersOf,
  ofLayer,
  parseLayerArn,
} from './layer-store.ts';
import { partitionOf } from './store.ts';
import { checkShared } from './used-layers.ts';

/** A layer by its name or its ARN; one of another Region is none. */
export function layerAddress({ account, region }: Call, nameOrArn: string): LayerAddress {
  if (!nameOrArn.startsWith('arn:')) return { account, region, name: nameOrArn };
  const found = parseLayerArn(nameOrArn);
  if (!found || found.version !== undefined) throw invalid(`Invalid layer name: ${nameOrArn}`);
  if (found.region !== region) throw missing(NOTHING);
  return found;
}

const NOTHING = 'The resource you requested does not exist.';

export const PublishLayerVersion: Operation<Operations['PublishLayerVersion']> = async (
  call,
  input,
) => {
  const { stack } = call;
  const address = layerAddress(call, input.LayerName);
  const { name } = address;
  if (address.account !== call.account) throw missing(NOTHING);
  const { ZipFile, S3Bucket } = input.Content;
  if (S3Bucket !== undefined) throw notBuilt('layers from S3 buckets');
  if (!ZipFile) throw invalid('Please provide a source for layer code.');
  const zip = await readZip(stack, ZipFile);
  return change(stack, async () => {
    const { layers, versions } = layersOf(stack);
    const row = await layers.get(partitionOf(address), name);
    const version = (row?.value.lastVersion ?? 0) + 1;
    const made: LayerVersion = {
      ...{ name, version, description: input.Description ?? '' },
      runtimes: input.CompatibleRuntimes,
      architectures: input.CompatibleArchitectures,
      license: input.LicenseInfo,
      ...{ sha256: zip.sha256, bytes: ZipFile.length, createdAtMs: stack.clock.nowMs() },
    };
    const layer = { name, lastVersion: version };
    const writes = [
      layers.put(partitionOf(address), name, layer, row?.version ?? 0),
      versions.put(ofLayer(address), String(version), made, 0),
      ...(await recount(stack, { begun: [zip.sha256] }, zip)),
    ];
    return { writes, answer: answerOf(call, address, made) };
  });
};

function itemOf(address: LayerAddress, layer: LayerVersion): LayerVersionsListItem {
  const { version, description, runtimes, architectures, license, createdAtMs } = layer;
  return {
    LayerVersionArn: layerArn(address, version),
    Version: version,
    Description: description,
    CreatedDate: moment(createdAtMs),
    ...(runtimes && { CompatibleRuntimes: [...runtimes] }),
    ...(architectures && { CompatibleArchitectures: [...architectures] }),
    ...(license !== undefined && { LicenseInfo: license }),
  };
}

function answerOf(
  { endpoint }: Call,
  address: LayerAddress,
  layer: LayerVersion,
): GetLayerVersionResponse {
  return {
    Content: {
      Location: codeLocation(endpoint, layer.sha256),
      CodeSha256: Buffer.from(layer.sha256, 'hex').toString('base64'),
      CodeSize: layer.bytes,
    },
    LayerArn: layerArn(address),
    ...itemOf(address, layer),
  };
}

export const GetLayerVersion: Operation<Operations['GetLayerVersion']> = (call, input) =>
  describe(call, layerAddress(call, input.LayerName), input.VersionNumber);

export const GetLayerVersionByArn: Operation<Operations['GetLayerVersionByArn']> = (
  call,
  { Arn: arn },
) => {
  const address = parseLayerArn(arn);
  if (address?.version === undefined || address.region !== call.region) throw missing(NOTHING);
  return describe(call, address, address.version);
};

function checkNumber(version: number): void {
  if (version < 1) throw invalid('Layer Version Cannot be less than 1.');
}

async function describe(call: Call, address: LayerAddress, version: number) {
  checkNumber(version);
  const row = await layersOf(call.stack).versions.get(ofLayer(address), String(version));
  if (address.account !== call.account) checkShared(call, layerArn(address, version), row?.value);
  if (!row || row.value.deleted) throw missing(NOTHING);
  return answerOf(call, address, row.value);
}

/** A version that is not there needs no removal. */
export const DeleteLayerVersion: Operation<Operations['DeleteLayerVersion']> = (call, input) => {
  const { stack } = call;
  checkNumber(input.VersionNumber);
  const address = layerAddress(call, input.LayerName);
  if (address.account !== call.account) throw missing(NOTHING);
  const key = String(input.VersionNumber);
  return change(stack, async () => {
    const { versions } = layersOf(stack);
    const row = await versions.get(ofLayer(address), key);
    if (!row || row.value.deleted) return { writes: [], answer: {} };
    const gone = { ...row.value, deleted: true, policy: undefined };
    const writes = [
      versions.put(ofLayer(address), key, gone, row.version),
      ...(await recount(stack, { ended: [row.value.sha256] })),
    ];
    return { writes, answer: {} };
  });
};

/** Runtime and architecture; what a version does not claim it is not listed for. */
interface Filter {
  readonly CompatibleRuntime?: string | undefined;
  readonly CompatibleArchitecture?: string | undefined;
}

/** The newest first, as AWS lists them. */
async function versionsIn(
  { stack }: Call,
  address: LayerAddress,
  { CompatibleRuntime: runtime, CompatibleArchitecture: architecture }: Filter,
): Promise<readonly LayerVersion[]> {
  const rows = await layersOf(stack).versions.list(ofLayer(address));
  const fits = (wanted: string | undefined, offered: readonly string[] = []) =>
    wanted === undefined || offered.includes(wanted);
  return rows
    .map(({ value }) => value)
    .filter(({ deleted }) => !deleted)
    .filter(({ runtimes, architectures }) => {
      return fits(runtime, runtimes) && fits(architecture, architectures);
    })
    .sort((a, b) => b.version - a.version);
}

export const ListLayerVersions: Operation<Operations['ListLayerVersions']> = async (
  call,
  input,
) => {
  const address = layerAddress(call, input.LayerName);
  const mine = address.account === call.account;
  const all = mine ? await versionsIn(call, address, input) : [];
  const filters = [address, input.CompatibleRuntime, input.CompatibleArchitecture];
  const keyOf = ({ version }: LayerVersion) => String(version);
  const { items, NextMarker } = listed(call, all, keyOf, input, filters);
  return { LayerVersions: items.map((layer) => itemOf(address, layer)), NextMarker };
};

export const ListLayers: Operation<Operations['ListLayers']> = async (call, input) => {
  const { account, region, stack } = call;
  const rows = await layersOf(stack).layers.list(partitionOf(call));
  const found = await Promise.all(
    rows.map(async ({ key: name }) => {
      const address = { account, region, name };
      const [latest] = await versionsIn(call, address, input);
      return latest ? [{ address, latest }] : [];
    }),
  );
  const all = found.flat();
  const filters = [input.CompatibleRuntime, input.CompatibleArchitecture];
  const keyOf = ({ latest }: (typeof all)[number]) => latest.name;
  const { items, NextMarker } = listed(call, all, keyOf, input, filters);
  const Layers = items.map(({ address, latest }) => ({
    LayerName: address.name,
    LayerArn: layerArn(address),
    LatestMatchingVersion: itemOf(address, latest),
  }));
  return { Layers, NextMarker };
};
