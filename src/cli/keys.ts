/**
 * Access keys, over a running server or on a folder of data that no server has open. A secret is
 * printed once, by the command that makes it, and nowhere else.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Access, openAccess } from '../access/access.ts';
import {
  type CreatedKey,
  changeKey,
  createKey,
  type KeyChange,
  KeyRefusal,
  listKeys,
  type ShownKey,
} from '../access/key-admin.ts';
import { openVault } from '../access/vault.ts';
import { realClock } from '../core/clock.ts';
import { type Ids, randomIds } from '../core/ids.ts';
import { openStore } from '../open-store.ts';
import { NO_SHARED_KEY } from '../server/auth-start.ts';
import type { Storage } from '../storage/storage.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { ask, objectIn, textOf } from './server-door.ts';

export interface KeysPlace {
  /** A folder of data. Without one and `store` the server at `endpoint` is asked. */
  readonly data?: string;
  /** A database that nodes share. */
  readonly store?: string;
  readonly storeSchema?: string;
  readonly endpoint: string;
  readonly json?: boolean;
}

export interface CreateOptions extends KeysPlace {
  readonly user?: string;
  readonly account?: string;
  /** Files that hold policies. */
  readonly policy?: readonly string[];
  /** As commands for a POSIX shell. */
  readonly shell?: boolean;
}

const NO_ACCOUNT = '000000000000';
const PATH = '/_millrace/v1/keys';

export async function create(options: CreateOptions): Promise<string> {
  const { user, account, policy } = options;
  const policies = policy?.map((file) => ({ name: nameOf(file), document: textIn(file) }));
  const order = {
    ...(user !== undefined && { user }),
    ...(account !== undefined && { account }),
    ...(policies && { policies }),
  };
  const key = await at<CreatedKey>(options, {
    there: () => asked(options.endpoint, 'POST', '', order),
    here: (access, ids, nowMs) =>
      createKey(access, ids, nowMs, { ...order, account: account ?? NO_ACCOUNT }),
  });
  if (options.json) return `${JSON.stringify(key)}\n`;
  if (options.shell) return exports(key);
  return rows({
    'access key id': key.accessKeyId,
    'secret access key': key.secretAccessKey,
    account: key.account,
    user: key.user,
    note: noteOn(user, policies?.length ?? 0),
  });
}

function exports({ accessKeyId, secretAccessKey }: CreatedKey): string {
  const secret = `export AWS_SECRET_ACCESS_KEY='${secretAccessKey}';`;
  return `export AWS_ACCESS_KEY_ID='${accessKeyId}';\n${secret}\n`;
}

function noteOn(user: string | undefined, policies: number): string {
  const secret = 'The secret is not shown again.';
  if (user === undefined) return `${secret} The root may do everything in its account.`;
  return policies > 0
    ? secret
    : `${secret} Without a policy (--policy FILE) a user may do nothing.`;
}

export async function list(options: KeysPlace): Promise<string> {
  const { keys } = await at<{ readonly keys: readonly ShownKey[] }>(options, {
    there: () => asked(options.endpoint, 'GET', ''),
    here: async (access) => ({ keys: await listKeys(access) }),
  });
  if (options.json) return `${JSON.stringify(keys)}\n`;
  return keys.map((key) => `${Object.values(key).join('  ')}\n`).join('');
}

export async function change(options: KeysPlace, id: string, what: KeyChange): Promise<string> {
  const isDelete = what === 'delete';
  const [method, below] = isDelete ? (['DELETE', ''] as const) : (['POST', `/${what}`] as const);
  await at<unknown>(options, {
    there: () => asked(options.endpoint, method, `/${id}${below}`),
    here: async (access) => changeKey(access, id, what),
  });
  return options.json ? `${JSON.stringify({ accessKeyId: id, done: what })}\n` : `${id} ${what}d\n`;
}

interface Ways<Answer> {
  readonly there: () => Promise<unknown>;
  readonly here: (access: Access, ids: Ids, nowMs: number) => Promise<Answer>;
}

/** By way of the server, or on the folder itself; what is refused ends the command. */
async function at<Answer>(options: KeysPlace, { there, here }: Ways<Answer>): Promise<Answer> {
  const { data, store } = options;
  if (data === undefined && store === undefined) return (await there()) as Answer;
  const key = process.env.MILLRACE_SECRETS_KEY;
  if (store !== undefined && !key) throw new CommandFailed(EXIT.usage, NO_SHARED_KEY);
  const ids = randomIds();
  const storage = await opened(options);
  try {
    const vault = openVault({ data, key }, ids);
    return await here(openAccess(storage, vault), ids, realClock().nowMs());
  } catch (cause) {
    if (cause instanceof KeyRefusal) throw new CommandFailed(EXIT.failed, cause.message);
    throw cause;
  } finally {
    await storage.close();
  }
}

async function opened({ data, store, storeSchema }: KeysPlace): Promise<Storage> {
  try {
    return await openStore({
      ...(data !== undefined && { data }),
      ...(store !== undefined && { store }),
      ...(storeSchema !== undefined && { storeSchema }),
    });
  } catch (cause) {
    const { name, message } = cause as Error;
    if (name !== 'InUse') throw cause;
    const there = 'Ask its server instead: leave --data out, with AWS_ACCESS_KEY_ID and the';
    throw new CommandFailed(EXIT.failed, `${message} ${there} secret of the root set.`);
  }
}

async function asked(
  endpoint: string,
  method: 'GET' | 'POST' | 'DELETE',
  below: string,
  body?: object,
): Promise<unknown> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const answer = await ask(endpoint, PATH + below, { method, body: text });
  const said = objectIn(await textOf(answer));
  if (answer.statusCode === 200 && said) return said;
  const why = said && 'message' in said ? String(said.message) : `status ${answer.statusCode}`;
  throw new CommandFailed(EXIT.failed, `The server at ${endpoint} refused: ${why}`);
}

function nameOf(file: string): string {
  return basename(file).replace(/\.json$/, '');
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CommandFailed(EXIT.usage, `${file} cannot be read (${code}).`);
  }
}

function rows(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([name, value]) => `${name.padEnd(19)}${value}\n`);
  return lines.join('');
}
