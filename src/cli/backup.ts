/**
 * Takes a backup, from the server that has the folder open or, when none has, from the folder.
 *
 * What was acknowledged before the command began is in it. The file appears under its name when
 * it is whole, and is read again once before the command says that it is done.
 */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { realClock } from '../core/clock.ts';
import type { Manifest } from '../storage/sqlite/archive.ts';
import { archiveOf, takeCopy } from '../storage/sqlite/backup.ts';
import { InUse, openAsItIs } from '../storage/sqlite/open.ts';
import { type Checked, restore, unpack, verify } from '../storage/sqlite/restore.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { PIPE, readWhole, refuseExisting, writeWhole } from './output-file.ts';
import { ask, objectIn, statusOf, textOf } from './server-door.ts';

export interface BackupOptions {
  readonly data: string;
  readonly out: string;
  /** Where the server of the folder is. */
  readonly endpoint: string;
  /** Asks that server whatever its folder is called, which may be on another machine. */
  readonly anyFolder?: boolean;
}

export async function backup(options: BackupOptions): Promise<string> {
  const { out } = options;
  if (out === PIPE) throw new CommandFailed(EXIT.usage, NO_PIPE);
  refuseExisting(out);
  await writeWhole(out, options.anyFolder ? fromServer(options.endpoint) : fromFolder(options));
  const { commit, database } = await unpack(readWhole(out));
  return `${resolve(out)}: ${sizeOf(out)}, commit ${commit}, database ${inMiB(database.bytes)}\n`;
}

const NO_PIPE = 'A backup is read again once it is written: give the name of a file with --out.';

async function* fromFolder({ data, endpoint }: BackupOptions) {
  const database = tryOpen(data);
  if (!database) {
    await refuseOtherFolder(data, endpoint);
    yield* fromServer(endpoint);
    return;
  }
  try {
    yield* archiveOf(await takeCopy(database), realClock().nowMs());
  } finally {
    database.sql.close();
  }
}

function tryOpen(data: string) {
  try {
    return openAsItIs(data);
  } catch (cause) {
    if (cause instanceof InUse) return undefined;
    throw cause;
  }
}

/** The server that has the folder open may be another than the one at the usual port. */
async function refuseOtherFolder(data: string, endpoint: string): Promise<void> {
  const of = `Another process has ${resolve(data)} open. If it is a server, name it by --endpoint`;
  const status = await statusOf(endpoint).catch((cause: unknown) => {
    throw new CommandFailed(EXIT.unreachable, `${of}.`, { cause });
  });
  if (isSame(String(status.data), data)) return;
  throw new CommandFailed(EXIT.failed, `${of}: the one at ${endpoint} has ${status.data}.`);
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

/** Copying comes before the first byte: a minute for each gigabyte or two. */
const COPY_PATIENCE_MS = 30 * 60_000;

async function* fromServer(endpoint: string) {
  const path = '/_millrace/v1/backup';
  const answer = await ask(endpoint, path, { method: 'POST', patienceMs: COPY_PATIENCE_MS });
  if (answer.statusCode === 200) {
    yield* answer as AsyncIterable<Uint8Array>;
    return;
  }
  const text = await textOf(answer);
  const said = objectIn(text)?.message ?? `it answers ${answer.statusCode}`;
  throw new CommandFailed(EXIT.failed, `The server takes no backup: ${said}`);
}

/** Looks at everything in a backup. What is wrong with it ends the command with 5. */
export function verifyBackup(file: string): Promise<string> {
  return checked(file, () => verify(readWhole(file), resolve(file)));
}

export function restoreBackup(file: string, data: string): Promise<string> {
  return checked(file, () => restore(readWhole(file), data));
}

async function checked(file: string, check: () => Promise<Checked>): Promise<string> {
  try {
    const { manifest, holdings } = await check();
    return told(manifest, holdings);
  } catch (cause) {
    const { name, message } = cause as NodeJS.ErrnoException;
    if (!['BadBackup', 'Corrupt'].includes(name)) throw cause;
    throw new CommandFailed(EXIT.checkFailed, `${file}: ${message}`, { cause });
  }
}

function told({ millrace, takenAt, commit }: Manifest, holdings: Checked['holdings']): string {
  const { queues, messages, logs, records, tables, rows } = holdings;
  const lines = [
    `taken     ${takenAt} by millrace ${millrace}, commit ${commit}`,
    `queues    ${queues} with ${messages} messages`,
    `logs      ${logs} with ${records} records`,
    `tables    ${tables} with ${rows} rows`,
    'every checksum is right',
  ];
  return `${lines.join('\n')}\n`;
}

const sizeOf = (file: string) => inMiB(statSync(file).size);

function inMiB(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
