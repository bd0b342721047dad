/**
 * Strict auth over every operation that is built, in every protocol that it can be asked in: what
 * is unsigned, signed wrongly, late, for something else or by somebody else never gets to it.
 */
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.ts';
import { rootIdentity } from '../../src/access/identity.ts';
import { issue } from '../../src/access/sessions.ts';
import { allServices } from '../../src/services/all.ts';
import { ask, NOW, type Told, type Wired, wired } from '../server/stack.ts';
import { type Bare, everyOperation, type Key, type SignedBy, signed } from './requests.ts';

const ROOT: Key = {
  accessKeyId: 'AKIAROOTROOTROOTROOT',
  secretAccessKey: 'the secret of the root of the account',
};

const called: string[] = [];

/** Services as they are, but whatever gets to an operation only leaves its name. */
const watched = allServices.map((service) => ({
  ...service,
  operations: Object.fromEntries(
    Object.keys(service.operations).map((name) => [
      name,
      () => {
        called.push(`${service.name}:${name}`);
        return {};
      },
    ]),
  ),
  start: () => () => Promise.resolve(),
})) as never;

const openStrict = () => wired(watched, { auth: 'strict', access: { rootKey: ROOT } });

/** Links in letters of SNS lead to these two. */
const BY_LINK = new Set(['sns:ConfirmSubscription', 'sns:Unsubscribe']);

const AUTH_CODES = new RegExp(
  [
    ...['MissingAuthentication', 'InvalidSignature', 'SignatureDoesNotMatch', 'ExpiredToken'],
    ...['UnrecognizedClient', 'InvalidClientTokenId', 'IncompleteSignature'],
  ].join('|'),
);

async function send(at: Wired, bare: Bare, headers: Readonly<Record<string, string>>) {
  const { method, path, body } = bare;
  return ask(at, path, { method, headers, body });
}

function codeOf(told: Told): string {
  return AUTH_CODES.exec(`${told.headers['x-amzn-errortype'] ?? ''} ${told.body}`)?.[0] ?? '';
}

type Bend = (
  at: Wired,
  bare: Bare,
  sign: (by?: Partial<SignedBy>) => Promise<Record<string, string>>,
) => Promise<Readonly<Record<string, string>>>;

const MISMATCH = /^(InvalidSignature|SignatureDoesNotMatch)$/;
const UNKNOWN = /^(UnrecognizedClient|InvalidClientTokenId)$/;
const MINUTE_MS = 60_000;

const WRONG: Readonly<Record<string, readonly [RegExp, Bend]>> = {
  unsigned: [/^MissingAuthentication$/, async (_at, { headers }) => headers],
  'with a bad signature': [
    MISMATCH,
    async (_at, _bare, sign) => {
      const headers = await sign();
      const flipped = (digit: string) => (digit === '0' ? '1' : '0');
      return { ...headers, authorization: headers.authorization?.replace(/.$/, flipped) ?? '' };
    },
  ],
  expired: [MISMATCH, (_at, _bare, sign) => sign({ atMs: Date.now() - 6 * MINUTE_MS })],
  'from the future': [MISMATCH, (_at, _bare, sign) => sign({ atMs: Date.now() + 6 * MINUTE_MS })],
  'for another service': [MISMATCH, (_at, _bare, sign) => sign({ service: 'ec2' })],
  'for no region': [MISMATCH, (_at, _bare, sign) => sign({ region: 'nowhere' })],
  'for another day': [
    MISMATCH,
    async (_at, _bare, sign) => {
      const headers = await sign();
      const authorization = headers.authorization?.replace(/\/\d{8}\//, '/20260114/') ?? '';
      return { ...headers, authorization };
    },
  ],
  'by a key that nobody has': [
    UNKNOWN,
    (_at, _bare, sign) => sign({ key: { ...ROOT, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } }),
  ],
  'with the session of another account': [
    UNKNOWN,
    (at, _bare, sign) => {
      const { vault } = accessOf(at.stack);
      const { accessKey: _none, ...other } = rootIdentity('999999999999', '');
      const rest = { expiresAtMs: NOW + 1, parent: ROOT.accessKeyId, verified: true };
      const { SessionToken } = issue(vault, at.stack.ids, other, rest);
      return sign({ key: { ...ROOT, sessionToken: SessionToken } });
    },
  ],
};

describe('strict auth', () => {
  const all = everyOperation();

  test('knows every operation', () => {
    const operations = allServices.flatMap(({ operations }) => Object.keys(operations));
    expect(all.length).toBeGreaterThanOrEqual(operations.length);
  });

  test.each(Object.entries(WRONG))('refuses every operation %s', async (kind, [codes, bend]) => {
    await using at = await openStrict();
    const host = `127.0.0.1:${at.served.port}`;
    called.length = 0;
    for (const bare of all) {
      if (kind === 'unsigned' && BY_LINK.has(`${bare.service}:${bare.operation}`)) continue;
      const sign = (by: Partial<SignedBy> = {}) =>
        signed(bare, host, { key: ROOT, atMs: Date.now(), ...by });
      const told = await send(at, bare, await bend(at, bare, sign));
      // Where the scope alone tells the service, another one has no such operation.
      if (kind === 'for another service' && told.body.includes('is no operation of ec2')) continue;
      expect(codeOf(told), `${bare.title}: ${told.body}`).toMatch(codes);
      expect([400, 403]).toContain(told.status);
    }
    expect(called).toEqual([]);
  });

  test('refuses every operation whose body is not the one that was signed', async () => {
    await using at = await openStrict();
    const host = `127.0.0.1:${at.served.port}`;
    called.length = 0;
    for (const bare of all.filter(({ body }) => body !== '')) {
      const headers = await signed(bare, host, { key: ROOT, atMs: Date.now() });
      const told = await send(at, { ...bare, body: `${bare.body} ` }, headers);
      expect(codeOf(told), `${bare.title}: ${told.body}`).toMatch(MISMATCH);
    }
    expect(called).toEqual([]);
  });

  test('lets every operation through that is signed as it should be', async () => {
    await using at = await openStrict();
    const host = `127.0.0.1:${at.served.port}`;
    called.length = 0;
    for (const bare of all) {
      const told = await send(at, bare, await signed(bare, host, { key: ROOT, atMs: Date.now() }));
      expect(codeOf(told), `${bare.title}: ${told.body}`).toBe('');
    }
    expect(called.length).toBeGreaterThan(50);
  });
});
