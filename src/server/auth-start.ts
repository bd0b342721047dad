/**
 * What the server knows of keys when it starts: where secrets are sealed, and the root's key that
 * whoever starts it may give. Both come from options or from the environment.
 */
import { type Access, type NewKey, openAccess } from '../access/access.ts';
import { openVault } from '../access/vault.ts';
import type { Log, Stack } from '../delivery/stack.ts';
import type { AuthMode } from './auth.ts';

export interface AccessOptions {
  /** Seals secrets: 32 bytes as hexadecimal or base64. Default: a file beside the data. */
  readonly secretsKey?: string;
  /** A key of the root of the server's account, for as long as the server runs. */
  readonly rootKey?: NewKey;
  /** Whoever shows it as a bearer may read the figures: those who collect them cannot sign. */
  readonly metricsToken?: string;
}

/**
 * `MILLRACE_SECRETS_KEY`, `MILLRACE_ROOT_ACCESS_KEY_ID`, `MILLRACE_ROOT_SECRET_ACCESS_KEY` and
 * `MILLRACE_METRICS_TOKEN`.
 */
export function accessFromEnvironment(environment: NodeJS.ProcessEnv): AccessOptions {
  const secretsKey = environment.MILLRACE_SECRETS_KEY;
  const accessKeyId = environment.MILLRACE_ROOT_ACCESS_KEY_ID;
  const secretAccessKey = environment.MILLRACE_ROOT_SECRET_ACCESS_KEY;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new Error(
      'MILLRACE_ROOT_ACCESS_KEY_ID and MILLRACE_ROOT_SECRET_ACCESS_KEY go together; one is ' +
        'missing.',
    );
  }
  return {
    ...(secretsKey && { secretsKey }),
    ...(accessKeyId && secretAccessKey && { rootKey: { accessKeyId, secretAccessKey } }),
    ...(environment.MILLRACE_METRICS_TOKEN && { metricsToken: environment.MILLRACE_METRICS_TOKEN }),
  };
}

/** Shortest that is taken; AWS's have forty characters. */
const SHORTEST_SECRET = 16;

/** `data` is where the data is: a folder, the address of a database, or nowhere. */
export async function startAccess(
  stack: Pick<Stack, 'storage' | 'ids' | 'settings' | 'log'>,
  auth: AuthMode,
  data: string | undefined,
  { secretsKey, rootKey, metricsToken }: AccessOptions,
): Promise<Access> {
  const isShared = data?.includes('://') === true;
  if (isShared && auth === 'strict' && secretsKey === undefined) throw new Error(NO_SHARED_KEY);
  const folder = isShared ? undefined : data;
  const vault = openVault({ data: folder, key: secretsKey }, stack.ids);
  const access = openAccess(stack.storage, vault);
  access.isStrict = auth === 'strict';
  if (metricsToken !== undefined) {
    if (metricsToken.length < SHORTEST_SECRET) throw new Error(SHORT_TOKEN);
    access.metricsToken = metricsToken;
  }
  if (rootKey) {
    checkRootKey(rootKey);
    access.giveRoot(stack.settings.account, rootKey);
  }
  if (auth === 'strict') await checkUsable(access, stack.log);
  return access;
}

const SHORT_TOKEN = `MILLRACE_METRICS_TOKEN has less than ${SHORTEST_SECRET} characters.`;

export const NO_SHARED_KEY =
  'Nodes that share a database must open the same secrets: give each MILLRACE_SECRETS_KEY, 32 ' +
  'bytes as hexadecimal or base64 (openssl rand -hex 32).';

function checkRootKey({ accessKeyId, secretAccessKey }: NewKey): void {
  if (!/^\w{16,128}$/.test(accessKeyId)) {
    throw new Error("The root's access key id must have 16 to 128 letters and digits.");
  }
  if (secretAccessKey.length < SHORTEST_SECRET) {
    throw new Error(`The root's secret must have ${SHORTEST_SECRET} characters at least.`);
  }
}

/** A wrong key for the vault, or none for anybody, is better told now than at each request. */
async function checkUsable(access: Access, log: Log): Promise<void> {
  access.vault.check();
  const keys = await access.list();
  const [first] = keys;
  if (first && !(await access.find(first.key))) {
    throw new Error(
      'The stored secrets cannot be opened: this is not the key that they were sealed with. See ' +
        'MILLRACE_SECRETS_KEY and the file secrets.key beside the data.',
    );
  }
  if (!first && !access.hasGivenRoot) {
    log.warn('Nobody has a key, so every request is refused. Make one: millrace keys create.');
  }
}
