/** Exports and imports for tests, and what they ask of any two engines. */

import { expect } from 'vitest';
import type { Storage } from '../../../src/storage/storage.ts';
import type { Exporting, Importing } from '../../../src/storage/transfer.ts';
import { fromLines, toLines } from '../../../src/storage/transfer-file.ts';
import { randomContract } from '../contract/random.ts';

/** Where an engine keeps its data: a folder, or the address of a database. */
export type Place = string;

export interface Engine {
  readonly empty: () => Place | Promise<Place>;
  readonly open: (place: Place) => Promise<Storage>;
  readonly exporting: (place: Place) => Exporting | Promise<Exporting>;
  readonly importing: (place: Place) => Importing | Promise<Importing>;
}

export async function exported(engine: Engine, place: Place): Promise<Buffer> {
  const from = await engine.exporting(place);
  try {
    return Buffer.concat(await Array.fromAsync(toLines(from.items())));
  } finally {
    await from.close();
  }
}

/** `pieces` is how many bytes come at once. */
export async function imported(engine: Engine, file: Buffer, pieces = 65_536): Promise<Place> {
  const place = await engine.empty();
  const to = await engine.importing(place);
  try {
    for await (const items of fromLines(streamed(file, pieces))) await to.take(items);
  } catch (cause) {
    await to.abandon();
    throw cause;
  }
  await to.finish();
  return place;
}

async function* streamed(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** In the middle of any history all is brought from `one` to `other` and back. */
export function transferContract(one: Engine, other: Engine, share = 1): void {
  const places = new WeakMap<Storage, Place>();
  const openAt = async (engine: Engine, place: Place) => {
    const storage = await engine.open(place);
    places.set(storage, place);
    return storage;
  };
  randomContract(
    async () => openAt(one, await one.empty()),
    async (storage) => {
      await storage.close();
      const file = await exported(one, places.get(storage) ?? '');
      const away = await imported(other, file, 7);
      const again = await exported(other, away);
      expect(again.toString()).toBe(file.toString());
      const back = await imported(one, again);
      expect((await exported(one, back)).equals(file)).toBe(true);
      return openAt(other, away);
    },
    share,
  );
}
