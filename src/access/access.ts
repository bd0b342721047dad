/**
 * Users, their policies and their access keys, kept as rows of tables.
 *
 * A key is found by its id alone, because a request names nothing else; it tells the account and
 * the user. A secret is shown once, when it is made, and kept sealed (vault.ts). Keys of the root
 * name no user. The table of keys is one partition, read by id.
 */
import type { Ids } from '../core/ids.ts';
import { Collection, type Stored } from '../storage/collection.ts';
import type { Storage, Write } from '../storage/storage.ts';
import { type Identity, rootIdentity, userArn } from './identity.ts';
import { newKeyId, newPrincipalId, newSecret } from './key-ids.ts';
import { randomVault, type Vault } from './vault.ts';

export interface StoredKey {
  readonly account: string;
  /** Undefined for a key of the root. */
  readonly user?: string;
  readonly sealedSecret: string;
  readonly status: 'Active' | 'Inactive';
  readonly createdAtMs: number;
}

export interface StoredUser {
  readonly id: string;
  readonly name: string;
  readonly policies: readonly NamedPolicy[];
  readonly createdAtMs: number;
}

export interface NamedPolicy {
  readonly name: string;
  readonly document: string;
}

/** A key that works, with what it stands for. */
export interface KnownKey {
  readonly secret: string;
  readonly identity: Identity;
  readonly active: boolean;
}

/** A key as it is shown once. */
export interface NewKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const ALL_KEYS = 'keys';

export class Access {
  readonly users: Collection<StoredUser>;
  readonly keys: Collection<StoredKey>;
  readonly vault: Vault;
  /** Whether signatures are checked, so that whoever calls needs a key that is known. */
  isStrict = false;
  /** Lets whoever shows it read the figures. */
  metricsToken: string | undefined;
  readonly #storage: Storage;
  /** Opened secrets by row; a row that changes is opened anew. */
  readonly #secrets = new WeakMap<StoredKey, string>();
  /** Given by whoever started the server, and stored nowhere. */
  #root: { readonly account: string; readonly key: NewKey } | undefined;

  constructor(storage: Storage, vault: Vault) {
    this.#storage = storage;
    this.vault = vault;
    this.users = new Collection(storage, 'access/users');
    this.keys = new Collection(storage, 'access/keys');
  }

  /** A key of the account's root that lasts as long as the process. */
  giveRoot(account: string, key: NewKey): void {
    this.#root = { account, key };
  }

  get hasGivenRoot(): boolean {
    return this.#root !== undefined;
  }

  /** Undefined for an id that nobody has, and for one whose secret cannot be opened. */
  async find(accessKey: string): Promise<KnownKey | undefined> {
    const given = this.#root;
    if (given && given.key.accessKeyId === accessKey) {
      const identity = rootIdentity(given.account, accessKey);
      return { secret: given.key.secretAccessKey, identity, active: true };
    }
    const row = (await this.keys.get(ALL_KEYS, accessKey))?.value;
    const secret = row && this.#secretOf(accessKey, row);
    if (!row || secret === undefined) return undefined;
    const identity = await this.#identityOf(accessKey, row);
    return identity && { secret, identity, active: row.status === 'Active' };
  }

  /** What the user's own policies say; a root has none and needs none. */
  async policiesOf({ account, name }: Pick<Identity, 'account' | 'name'>) {
    if (name === undefined) return [];
    return (await this.users.get(account, name))?.value.policies ?? [];
  }

  /** Makes a key, and its user where there is none. Policies that are given replace the user's. */
  async create(
    ids: Ids,
    nowMs: number,
    {
      account,
      user,
      policies,
    }: {
      readonly account: string;
      readonly user?: string | undefined;
      readonly policies?: readonly NamedPolicy[] | undefined;
    },
  ): Promise<NewKey> {
    const accessKeyId = newKeyId(ids, 'AKIA', account);
    const secretAccessKey = newSecret(ids);
    const writes: Write[] = [];
    if (user !== undefined) {
      const row = await this.users.get(account, user);
      const before = row?.value;
      const id = before?.id ?? newPrincipalId(ids, 'AIDA');
      const kept = { id, name: user, createdAtMs: before?.createdAtMs ?? nowMs };
      const value = { ...kept, policies: policies ?? before?.policies ?? [] };
      writes.push(this.users.put(account, user, value, row?.version ?? 0));
    }
    const sealedSecret = this.vault.seal(secretAccessKey, purposeOf(accessKeyId));
    const key: StoredKey = {
      account,
      ...(user !== undefined && { user }),
      sealedSecret,
      status: 'Active',
      createdAtMs: nowMs,
    };
    writes.push(this.keys.put(ALL_KEYS, accessKeyId, key, 0));
    await this.#storage.commit(writes);
    return { accessKeyId, secretAccessKey };
  }

  list(): Promise<readonly Stored<StoredKey>[]> {
    return this.keys.list(ALL_KEYS);
  }

  /** False when there is no such key. */
  async setStatus(accessKey: string, status: StoredKey['status']): Promise<boolean> {
    const row = await this.keys.get(ALL_KEYS, accessKey);
    if (!row) return false;
    const value = { ...row.value, status };
    await this.#storage.commit([this.keys.put(ALL_KEYS, accessKey, value, row.version)]);
    return true;
  }

  /** Takes the user with his last key. False when there is no such key. */
  async delete(accessKey: string): Promise<boolean> {
    const rows = await this.list();
    const row = rows.find(({ key }) => key === accessKey);
    if (!row) return false;
    const { account, user } = row.value;
    const isLast = !rows.some(
      ({ key, value }) => key !== accessKey && value.account === account && value.user === user,
    );
    const writes: Write[] = [this.keys.remove(ALL_KEYS, accessKey, row.version)];
    if (user !== undefined && isLast) writes.push(this.users.remove(account, user));
    await this.#storage.commit(writes);
    return true;
  }

  async #identityOf(accessKey: string, row: StoredKey): Promise<Identity | undefined> {
    const { account, user } = row;
    if (user === undefined) return rootIdentity(account, accessKey);
    const found = (await this.users.get(account, user))?.value;
    const arn = userArn(account, user);
    return found && { kind: 'user', account, arn, userId: found.id, name: user, accessKey };
  }

  #secretOf(accessKey: string, row: StoredKey): string | undefined {
    const known = this.#secrets.get(row);
    if (known !== undefined) return known;
    const secret = this.vault.open(row.sealedSecret, purposeOf(accessKey));
    if (secret !== undefined) this.#secrets.set(row, secret);
    return secret;
  }
}

function purposeOf(accessKey: string): string {
  return `secret of ${accessKey}`;
}

const accesses = new WeakMap<Storage, Access>();

/** The keys of a stack. Without a vault of its own its secrets last as long as the process. */
export function accessOf({ storage, ids }: { storage: Storage; ids: Ids }): Access {
  let access = accesses.get(storage);
  if (!access) {
    access = new Access(storage, randomVault(ids));
    accesses.set(storage, access);
  }
  return access;
}

/** Says how secrets in `storage` are sealed; before anything else asks for them. */
export function openAccess(storage: Storage, vault: Vault): Access {
  const access = new Access(storage, vault);
  accesses.set(storage, access);
  return access;
}
