/** Whatever stands in the places of a signature, it is read or refused, and nothing else. */
import { expect, test } from 'vitest';
import { seededIds } from '../../src/core/ids.ts';
import { readSignature, SignatureFault } from '../../src/server/signature.ts';
import { canonicalRequest } from '../../src/server/signature-canonical.ts';
import { checkFreshness, checkScope, checkSignature } from '../../src/server/signature-check.ts';
import { SigningKeys } from '../../src/server/signature-keys.ts';
import { signable } from './signature-cases.ts';

const CASES = Number(process.env.MILLRACE_MALFORMED ?? 3_000);

const PIECES = [
  ...[
    'AWS4-HMAC-SHA256',
    'AWS4-ECDSA-P256-SHA256',
    'AWS4',
    ' ',
    ',',
    '=',
    '/',
    ';',
    '%',
    '%2',
    '%zz',
  ],
  ...['Credential=', 'SignedHeaders=', 'Signature=', 'AKIA/20260115/us-east-1/sqs/aws4_request'],
  ...[
    'host;x-amz-date',
    'host',
    ':authority',
    'deadbeef',
    '00',
    '\0',
    '\xff',
    '"',
    '+',
    '&',
    '__proto__',
  ],
  ...['20260115T100000Z', '20269915T996000Z', 'x'.repeat(300), '*', '604801', '-1', '1e3', 'NaN'],
];

const NAMES = [
  ...[
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
    'X-Amz-Date',
  ],
  ...['X-Amz-Expires', 'X-Amz-Security-Token', 'X-Amz-Region-Set', 'Action', 'X%2DAmz-Date'],
];

test(`${CASES} odd requests`, () => {
  const { random } = seededIds(Number(process.env.MILLRACE_SEED ?? 1));
  const pick = <T>(among: readonly T[]): T => among[Math.floor(random() * among.length)] as T;
  const text = () => Array.from({ length: Math.floor(random() * 8) }, () => pick(PIECES)).join('');
  const outcomes = new Map<string, number>();
  for (let count = 0; count < CASES; count += 1) {
    const headers: [string, string][] = [['Host', 'h']];
    if (random() < 0.6) headers.push(['Authorization', `AWS4-HMAC-SHA256 ${text()}`]);
    if (random() < 0.6) headers.push(['X-Amz-Date', random() < 0.5 ? '20260115T100000Z' : text()]);
    if (random() < 0.2)
      headers.push([pick(['Authorization', 'x-amz-security-token', 'Date']), text()]);
    const pairs = Array.from(
      { length: Math.floor(random() * 7) },
      () => `${pick(NAMES)}=${text()}`,
    );
    const query = random() < 0.5 ? pairs.join('&') : '';
    const request = signable({ method: 'GET', path: `/${text()}`, query, headers, body: '' });
    const outcome = outcomeOf(request);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect([...outcomes.keys()].filter((outcome) => outcome === 'taken')).toEqual([]);
  expect(outcomes.size).toBeGreaterThan(1);
});

function outcomeOf(request: ReturnType<typeof signable>): string {
  canonicalRequest(request, { signedHeaders: ['host'], payloadHash: '', path: 'normalised' });
  try {
    const signed = readSignature(request);
    if (!signed) return 'unsigned';
    const nowMs = Date.parse('2026-01-15T10:00:00Z');
    const expected = { nowMs, service: signed.service, region: signed.region };
    checkScope(signed, expected);
    checkFreshness(signed, expected);
    checkSignature(signed, request, 'secret', new SigningKeys());
    return 'taken';
  } catch (cause) {
    if (cause instanceof SignatureFault) return cause.kind;
    throw cause;
  }
}
