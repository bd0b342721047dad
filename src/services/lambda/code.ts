/**
 * Zip files of functions and layers, kept in the storage in pieces under their own hash: whoever
 * can read the storage can run the function.
 *
 * A file is kept once however many versions use it, and uses are counted in the commits that
 * make and end them. A file that nobody uses any more stays for a while, because an environment
 * that is just starting may still want to read it.
 */

import { said } from '../../core/json-answer.ts';
import type { Job } from '../../delivery/schedule.ts';
import { schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Storage, Write } from '../../storage/storage.ts';
import type { Route } from '../service.ts';
import type { FunctionVersion } from './store.ts';

/** A zip file that was handed in and found good. */
export interface Zip {
  /** In hexadecimal. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly unzippedBytes: number;
}

interface KeptZip {
  readonly bytes: number;
  readonly unzippedBytes: number;
  readonly pieces: number;
  /** Versions of functions and layers that it belongs to or that use it as a layer. */
  readonly uses: number;
}

const PIECES = 'lambda/code';
/** A multiple of three, so that pieces are whole in base64. */
const PIECE_BYTES = 3 * 256 * 1024;
/** No invocation, and so no start of an environment, lasts longer. */
const UNUSED_FOR_MS = 15 * 60_000;
const DROP = 'lambda/drop-code';

interface Kept {
  readonly zips: Collection<KeptZip>;
  /** Reads under way, shared by all who want the same file. */
  readonly reads: Map<string, Promise<Uint8Array>>;
}

const keeps = new WeakMap<Storage, Kept>();

function keptIn({ storage }: Pick<Stack, 'storage'>): Kept {
  let kept = keeps.get(storage);
  if (!kept) {
    kept = { zips: new Collection(storage, 'lambda/code-uses'), reads: new Map() };
    keeps.set(storage, kept);
  }
  return kept;
}

/** Nothing but the hash tells one file from another. */
const EVERYWHERE = '';

/** The bytes of a zip file; rejects when it is gone. */
export function readCode(stack: Pick<Stack, 'storage'>, sha256: string): Promise<Uint8Array> {
  const { reads } = keptIn(stack);
  let read = reads.get(sha256);
  if (!read) {
    read = readPieces(stack, sha256).finally(() => reads.delete(sha256));
    reads.set(sha256, read);
  }
  return read;
}

async function readPieces({ storage }: Pick<Stack, 'storage'>, sha256: string) {
  const rows = await storage.scan(PIECES, sha256);
  if (rows.length === 0) throw new Error(`The code ${sha256} is not kept here.`);
  return Buffer.concat(rows.map(({ value }) => Buffer.from(value, 'base64')));
}

/** What a version uses: its own code and that of its layers. */
export function zipsOf(
  version: Pick<FunctionVersion, 'code' | 'layers'> | undefined,
): readonly string[] {
  if (!version) return [];
  const own = version.code.kind === 'zip' ? [version.code.sha256] : [];
  return [...own, ...version.layers.map(({ sha256 }) => sha256)];
}

/**
 * Counts uses that begin and end with the commit of these writes. `fresh` is kept from now on,
 * unless it is already. The writes carry conditions: who lost a race plans again.
 */
export async function recount(
  stack: Stack,
  uses: { readonly begun?: readonly string[]; readonly ended?: readonly string[] },
  fresh?: Zip,
): Promise<readonly Write[]> {
  const changes = new Map<string, number>();
  const add = (sha256: string, by: number) => changes.set(sha256, (changes.get(sha256) ?? 0) + by);
  for (const sha256 of uses.begun ?? []) add(sha256, 1);
  for (const sha256 of uses.ended ?? []) add(sha256, -1);
  const writes: Write[] = [];
  for (const [sha256, by] of changes) {
    if (by !== 0) writes.push(...(await recounted(stack, sha256, by, fresh)));
  }
  return writes;
}

async function recounted(
  stack: Stack,
  sha256: string,
  by: number,
  fresh: Zip | undefined,
): Promise<readonly Write[]> {
  const { zips } = keptIn(stack);
  const before = await zips.get(EVERYWHERE, sha256);
  if (before) {
    const changed = { ...before.value, uses: before.value.uses + by };
    const put = zips.put(EVERYWHERE, sha256, changed, before.version);
    if (changed.uses > 0) return [put];
    const atMs = stack.clock.nowMs() + UNUSED_FOR_MS;
    return [put, schedule(stack, TIMETABLE, DROP, sha256, atMs)];
  }
  if (fresh?.sha256 !== sha256) throw new Error(`The code ${sha256} is not kept here.`);
  const pieces = piecesOf(fresh);
  const { unzippedBytes } = fresh;
  const kept = { bytes: fresh.bytes.length, unzippedBytes, pieces: pieces.length, uses: by };
  return [zips.put(EVERYWHERE, sha256, kept, 0), ...pieces];
}

function piecesOf({ sha256, bytes }: Zip): readonly Write[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const writes: Write[] = [];
  for (let at = 0; at < view.length; at += PIECE_BYTES) {
    const value = view.subarray(at, at + PIECE_BYTES).toString('base64');
    const key = pieceKey(writes.length);
    writes.push({ kind: 'put', table: PIECES, partition: sha256, key, value });
  }
  return writes;
}

const pieceKey = (number: number) => String(number).padStart(4, '0');

/** The sum of what the files hold; those that are not kept count for nothing. */
export async function unzippedBytesOf(
  stack: Pick<Stack, 'storage'>,
  sha256s: readonly string[],
): Promise<number> {
  const { zips } = keptIn(stack);
  const rows = await Promise.all(sha256s.map((sha256) => zips.get(EVERYWHERE, sha256)));
  return rows.reduce((sum, row) => sum + (row?.value.unzippedBytes ?? 0), 0);
}

const dropUnused: Job = async (stack, { note: sha256 }) => {
  const { zips } = keptIn(stack);
  const row = await zips.get(EVERYWHERE, sha256);
  if (!row || row.value.uses > 0) return [];
  const pieces = Array.from({ length: row.value.pieces }, (_, number): Write => {
    return { kind: 'remove', table: PIECES, partition: sha256, key: pieceKey(number) };
  });
  return [zips.remove(EVERYWHERE, sha256, row.version), ...pieces];
};

export const codeJobs: Readonly<Record<string, Job>> = { [DROP]: dropUnused };

const DOWNLOADS = '/_millrace/v1/lambda/code/';

/** Where a zip file can be downloaded from this server. */
export function codeLocation(endpoint: string, sha256: string): string {
  return `${endpoint}${DOWNLOADS}${sha256}`;
}

const download: Route = async (stack, { method, path }) => {
  if (method !== 'GET') return said(405, `${path} does not take ${method}.`);
  try {
    const body = await readCode(stack, path.slice(DOWNLOADS.length));
    return { status: 200, headers: { 'content-type': 'application/zip' }, body };
  } catch {
    return said(404, `millrace has nothing at ${path}.`);
  }
};

export const codeRoutes: Readonly<Record<string, Route>> = { [DOWNLOADS]: download };
