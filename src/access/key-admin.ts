/**
 * What operators do with keys, the same over a running server and on a folder of data.
 */
import type { Ids } from '../core/ids.ts';
import { InvalidPolicy, parsePolicy } from '../core/policy.ts';
import type { Access, NamedPolicy, StoredKey } from './access.ts';

export interface ShownKey {
  readonly accessKeyId: string;
  readonly account: string;
  /** `root` for a key of the root. */
  readonly user: string;
  readonly status: StoredKey['status'];
  readonly createdAt: string;
}

/** The only time that a secret is told. */
export interface CreatedKey extends Pick<ShownKey, 'accessKeyId' | 'account' | 'user'> {
  readonly secretAccessKey: string;
}

export interface KeyOrder {
  readonly account: string;
  readonly user?: string | undefined;
  readonly policies?: readonly NamedPolicy[] | undefined;
}

/** Told to whoever asked, as it stands. */
export class KeyRefusal extends Error {
  override readonly name = 'KeyRefusal';
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
const USER_NAME = /^[\w+=,.@-]{1,64}$/;

export async function createKey(
  access: Access,
  ids: Ids,
  nowMs: number,
  { account, user, policies }: KeyOrder,
): Promise<CreatedKey> {
  if (!/^\d{12}$/.test(account)) throw new KeyRefusal('An account has twelve digits.');
  if (user !== undefined && (!USER_NAME.test(user) || user === ROOT)) {
    const signs = 'letters, digits and +=,.@_-';
    throw new KeyRefusal(`A user's name is 1 to 64 ${signs}, and not "${ROOT}".`);
  }
  if (policies && user === undefined) {
    throw new KeyRefusal('The root needs no policies: they are of a user.');
  }
  for (const { name, document } of policies ?? []) checkPolicy(name, document);
  const key = await access.create(ids, nowMs, { account, user, policies });
  return { ...key, account, user: user ?? ROOT };
}

const ROOT = 'root';

function checkPolicy(name: string, document: string): void {
  try {
    parsePolicy(document, 'identity');
  } catch (cause) {
    if (cause instanceof InvalidPolicy) throw new KeyRefusal(`${name}: ${cause.message}`);
    throw cause;
  }
}

export async function listKeys(access: Access): Promise<readonly ShownKey[]> {
  return (await access.list()).map(({ key, value }) => ({
    accessKeyId: key,
    account: value.account,
    user: value.user ?? ROOT,
    status: value.status,
    createdAt: new Date(value.createdAtMs).toISOString(),
  }));
}

export type KeyChange = 'delete' | 'disable' | 'enable';

export async function changeKey(access: Access, id: string, change: KeyChange): Promise<void> {
  const done =
    change === 'delete'
      ? await access.delete(id)
      : await access.setStatus(id, change === 'enable' ? 'Active' : 'Inactive');
  if (!done) throw new KeyRefusal(`There is no access key ${id}.`);
}
