/**
 * Signatures on messages, so that receivers which check them (as they should) accept ours.
 *
 * The key pair is made when the first message has to be signed, because that takes 100 ms and
 * many stacks never need it, and kept in the data directory from then on. Its certificate is
 * served by this server; what AWS's validators say about its host has to be overridden.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
import { createPrivateKey, generateKeyPair, hash, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { selfSignedCertificate } from '../../core/certificate.ts';
import { VirtualClock } from '../../core/clock.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Conflict, type Storage } from '../../storage/storage.ts';
import type { Route, RouteAnswer } from '../service.ts';
import { type StoredKey, storeOf } from './store.ts';

/** `1` signs with SHA1, `2` with SHA256: the topic attribute SignatureVersion. */
export type SignatureVersion = '1' | '2';

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly certificate: string;
  /** Last segment of the certificate's path. */
  readonly file: string;
}

/** Below it certificates are served. */
export const CERTIFICATES = '/_millrace/sns/';

const PARTITION = 'key';
const KEY = 'current';

const keys = new WeakMap<Storage, Promise<SigningKey>>();

export function signingKey(stack: Stack): Promise<SigningKey> {
  let key = keys.get(stack.storage);
  if (!key) {
    key = storedKey(stack);
    keys.set(stack.storage, key);
    key.catch(() => keys.delete(stack.storage));
  }
  return key;
}

async function storedKey(stack: Stack): Promise<SigningKey> {
  const { signing } = storeOf(stack);
  const stored = await signing.get(PARTITION, KEY);
  if (stored) return keyOf(stored.value);
  const made = await (stack.clock instanceof VirtualClock ? testKey(stack) : newKey(stack));
  try {
    await stack.storage.commit([signing.put(PARTITION, KEY, made, 0)]);
    return keyOf(made);
  } catch (cause) {
    if (!(cause instanceof Conflict)) throw cause;
    return storedKey(stack);
  }
}

let shared: Promise<StoredKey> | undefined;

/** Stacks on virtual time are tests; those of one process share a key. */
function testKey(stack: Stack): Promise<StoredKey> {
  shared ??= newKey(stack);
  return shared;
}

const YEAR_MS = 365 * 86_400_000;

async function newKey(stack: Stack): Promise<StoredKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const nowMs = stack.clock.nowMs();
  const certificate = selfSignedCertificate({
    ...pair,
    commonName: 'sns.millrace',
    hosts: ['sns.millrace'],
    purpose: 'signing',
    // Wide enough for tests that travel in time.
    fromMs: nowMs - 5 * YEAR_MS,
    untilMs: nowMs + 50 * YEAR_MS,
    serial: hash('sha1', pair.publicKey.export({ type: 'spki', format: 'der' }), 'hex'),
  });
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
  return { privateKey: privateKey.toString(), certificate };
}

function keyOf({ privateKey, certificate }: StoredKey): SigningKey {
  const name = hash('md5', certificate, 'hex');
  const file = `SimpleNotificationService-${name}.pem`;
  return { privateKey: createPrivateKey(privateKey), certificate, file };
}

/** Where receivers find the certificate. */
export function certificateUrl(stack: Stack, file: string): string {
  return stack.endpoint() + CERTIFICATES + file;
}

const signText = promisify(sign);

/** What a message is signed over: its members in alphabetical order, name and value in turns. */
export async function signature(
  stack: Stack,
  version: SignatureVersion,
  members: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { privateKey } = await signingKey(stack);
  let text = '';
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (value !== undefined) text += `${name}\n${value}\n`;
  }
  // Done on another thread: it takes 0.26 ms of processor time (Node 24, one core).
  const signed = await signText(version === '1' ? 'sha1' : 'sha256', Buffer.from(text), privateKey);
  return signed.toString('base64');
}

/** Serves the certificate; nothing is made for those who only look. */
export const certificates: Route = async (stack, { path }): Promise<RouteAnswer> => {
  const stored = await storeOf(stack).signing.get(PARTITION, KEY);
  const key = stored && keyOf(stored.value);
  if (key?.file !== path.slice(CERTIFICATES.length)) {
    return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'No such certificate.' };
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/x-pem-file' },
    body: key.certificate,
  };
};
