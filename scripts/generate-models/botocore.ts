/**
 * Fetches one pinned botocore wheel from PyPI and reads the service models in it. The wheel's
 * sha256 must be the one in `models.lock.json`; nothing of it is run.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface Lock {
  readonly botocore: { readonly version: string; readonly sha256: string };
  readonly files: Readonly<Record<string, string>>;
}

export interface BotocoreReference {
  readonly shape: string;
  readonly [trait: string]: unknown;
}

export interface BotocoreShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, BotocoreReference>>;
  readonly member?: BotocoreReference;
  readonly key?: BotocoreReference;
  readonly value?: BotocoreReference;
  readonly error?: { code?: string; httpStatusCode?: number; senderFault?: boolean };
  readonly [trait: string]: unknown;
}

export interface BotocoreOperation {
  readonly http: { method: string; requestUri: string; responseCode?: number };
  readonly input?: BotocoreReference;
  readonly output?: BotocoreReference & { resultWrapper?: string };
  readonly errors?: readonly BotocoreReference[];
  readonly endpoint?: { hostPrefix?: string };
  readonly auth?: readonly string[];
  readonly authtype?: string;
  readonly deprecated?: boolean;
}

export interface BotocoreModel {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly protocol: string;
    readonly protocols?: readonly string[];
    readonly endpointPrefix: string;
    readonly apiVersion?: string;
    readonly uid: string;
  };
  readonly operations: Readonly<Record<string, BotocoreOperation>>;
  readonly shapes: Readonly<Record<string, BotocoreShape>>;
}

/** Calls `read` with a reader of models, and removes the download afterwards. */
export function withBotocore<T>(
  lock: Lock,
  read: (model: (name: string) => BotocoreModel) => T,
): T {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-models-'));
  try {
    const { version, sha256 } = lock.botocore;
    const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--quiet'];
    execFileSync('python3', [...pip, '--dest', folder, `botocore==${version}`]);
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error('pip downloaded no wheel of botocore.');
    const found = createHash('sha256')
      .update(readFileSync(join(folder, wheel)))
      .digest('hex');
    if (found !== sha256) throw new Error(`${wheel} has sha256 ${found}, expected ${sha256}.`);
    execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
    return read((name) => readModel(join(folder, 'botocore', 'data', name)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readModel(folder: string): BotocoreModel {
  const newest = readdirSync(folder).sort().at(-1) ?? '';
  const plain = join(folder, newest, 'service-2.json');
  const text = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`));
  return JSON.parse(text.toString('utf8'));
}
