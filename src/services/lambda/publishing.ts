/**
 * Publishing: a copy of `$LATEST` that never changes, under the next number. What is published
 * already is not published again.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
import { isDeepStrictEqual } from 'node:util';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { zipsOf } from './code.ts';
import type { Found } from './lookup.ts';
import { type FunctionVersion, ofFunction, partitionOf, storeOf } from './store.ts';

export interface Published {
  readonly version: FunctionVersion;
  /** All but the counting of the code's uses; see `begun`. */
  readonly writes: readonly Write[];
  /** Zip files whose use begins; for `recount`, which must be told of all changes at once. */
  readonly begun: readonly string[];
}

/** Publishes `latest` as it will be once these writes, and those that change it, are committed. */
export async function publish(
  stack: Stack,
  { address, record }: Pick<Found, 'address' | 'record'>,
  latest: FunctionVersion,
  description = latest.description,
): Promise<Published> {
  const { functions, versions } = storeOf(stack);
  const partition = ofFunction(address);
  const { lastVersion } = record.value;
  const last = (await versions.get(partition, String(lastVersion)))?.value;
  if (last && isDeepStrictEqual(essence(last), essence(latest))) {
    return { version: last, writes: [], begun: [] };
  }
  const number = String(lastVersion + 1);
  const revisionId = stack.ids.uuid();
  const version: FunctionVersion = {
    ...{ ...latest, version: number, description, revisionId },
    ...(description !== latest.description && { latestDescription: latest.description }),
  };
  const counted = { ...record.value, lastVersion: lastVersion + 1 };
  return {
    version,
    begun: zipsOf(version),
    writes: [
      functions.put(partitionOf(address), address.name, counted, record.version),
      versions.put(partition, number, version, 0),
    ],
  };
}

/**
 * All that makes one version differ from another, in the form in which it is stored. That of
 * `$LATEST` counts among descriptions: it is the one that a change of the function changes.
 */
function essence({ latestDescription, ...shown }: FunctionVersion): unknown {
  const { version: _, revisionId, modifiedAtMs, state, update, ...rest } = shown;
  const description = latestDescription ?? rest.description;
  return JSON.parse(JSON.stringify({ ...rest, description }));
}
