/**
 * A backup: a tar archive of what a data folder holds, the database and the number of its last
 * commit, small files beside it such as a certificate, and last a manifest by which it can be told
 * that all of it is there. The reserve is made anew.
 */
import { VERSION } from '../../core/version.ts';
import { FORMAT } from './schema.ts';

export const MANIFEST_FILE = 'manifest.json';
/** Form of the archive itself; the database in it has a format of its own. */
const ARCHIVE_FORMAT = 1;

export interface Manifest {
  /** Version of millrace that took it. */
  readonly millrace: string;
  readonly archive: number;
  /** Format of the database. */
  readonly format: number;
  /** Number of the last commit in it. */
  readonly commit: number;
  readonly takenAt: string;
  readonly database: { readonly bytes: number; readonly sha256: string };
}

export type Contents = Pick<Manifest, 'format' | 'commit' | 'database'>;

export function manifestOf(contents: Contents, nowMs: number): Manifest {
  const takenAt = new Date(nowMs).toISOString();
  return { millrace: VERSION, archive: ARCHIVE_FORMAT, ...contents, takenAt };
}

/** A file that is no backup, is damaged, or is of a later version. */
export class BadBackup extends Error {
  override readonly name = 'BadBackup';
}

export function parseManifest(text: string): Manifest {
  const manifest = tryParse(text);
  const { archive, format, commit, database } = manifest ?? {};
  if (!manifest || !database || typeof commit !== 'number') {
    throw new BadBackup(`${MANIFEST_FILE} of the backup is damaged.`);
  }
  if (archive !== ARCHIVE_FORMAT || Number(format) > FORMAT) {
    const newer = `millrace ${manifest.millrace ?? 'of a later version'}`;
    throw new BadBackup(`The backup was taken by ${newer}, which writes what this cannot read.`);
  }
  return manifest as Manifest;
}

function tryParse(text: string): Partial<Manifest> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
