/**
 * What Lambda keeps of layers. A version that is deleted stays as a row: its number is never
 * used again, and functions that have it go on using it.
 */

import { arnOf, parseArn } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Architecture, Runtime } from '../../wire/types/lambda.ts';
import type { StoredPolicy } from './store.ts';

export interface Layer {
  readonly name: string;
  readonly lastVersion: number;
}

export interface LayerVersion {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly runtimes?: readonly Runtime[] | undefined;
  readonly architectures?: readonly Architecture[] | undefined;
  readonly license?: string | undefined;
  /** Of the zip file, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  readonly createdAtMs: number;
  readonly deleted?: boolean;
  readonly policy?: StoredPolicy | undefined;
}

export interface LayerStore {
  /** By name, in partition `account/region`. */
  readonly layers: Collection<Layer>;
  /** By number, in the partition of the layer; see `ofLayer`. */
  readonly versions: Collection<LayerVersion>;
}

const stores = new WeakMap<Storage, LayerStore>();

export function layersOf({ storage }: Pick<Stack, 'storage'>): LayerStore {
  let store = stores.get(storage);
  if (!store) {
    store = {
      layers: new Collection(storage, 'lambda/layers'),
      versions: new Collection(storage, 'lambda/layer-versions'),
    };
    stores.set(storage, store);
  }
  return store;
}

export interface LayerAddress {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export function ofLayer({ account, region, name }: LayerAddress): string {
  return `${account}/${region}/${name}`;
}

export function layerArn({ account, region, name }: LayerAddress, version?: number): string {
  const tail = version === undefined ? '' : `:${version}`;
  return arnOf('lambda', region, account, `layer:${name}${tail}`);
}

/** What an ARN of a layer, or of a version of one, names; undefined for any other text. */
export function parseLayerArn(
  text: string,
): (LayerAddress & { readonly version: number | undefined }) | undefined {
  const arn = parseArn(text);
  const [kind, name, version] = arn?.resource.split(':') ?? [];
  if (arn?.service !== 'lambda' || kind !== 'layer' || !name) return undefined;
  const { account, region } = arn;
  return { account, region, name, version: version === undefined ? undefined : Number(version) };
}
