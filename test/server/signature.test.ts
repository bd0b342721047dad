import { createECDH } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { seededIds } from '../../src/core/ids.ts';
import { readSignature, SignatureFault, type Signed } from '../../src/server/signature.ts';
import { canonicalRequest, stringToSign } from '../../src/server/signature-canonical.ts';
import {
  checkFreshness,
  checkScope,
  checkSignature,
  checkSignedHeaders,
  payloadHash,
  type SignedRequest,
} from '../../src/server/signature-check.ts';
import { privateKey, SigningKeys } from '../../src/server/signature-keys.ts';
import { type Case, casesOf, rawRequest, signable } from './signature-cases.ts';

const styleOf = ({ context }: Case) => (context.normalize ? 'normalised' : 'as-sent');
const secretOf = ({ context }: Case) => context.credentials.secret_access_key;

/** Where the suite adds the session token after signing, it is taken out again. */
function read(
  text: string,
  omitted = false,
): { readonly signed: Signed; readonly request: SignedRequest } {
  const raw = rawRequest(text);
  const pairs = raw.query.split('&');
  const query = pairs.filter((pair) => !pair.startsWith('X-Amz-Security-Token=')).join('&');
  const request = signable(omitted ? { ...raw, query } : raw);
  const signed = readSignature(request);
  if (!signed) throw new Error('Not signed.');
  return { signed, request };
}

const all = (['v4', 'v4a'] as const).flatMap((version) =>
  casesOf(version).flatMap((one) =>
    (['header', 'query'] as const).map((by) => ({ version, by, one, title: one.name })),
  ),
);

describe('the vectors of aws-c-auth', () => {
  test('are all there', () => {
    expect(all).toHaveLength(2 * (38 + 38));
  });

  test.each(all)('$version $by $title has the canonical request and text', ({ one, by }) => {
    const { canonical, toSign, signed: text } = one[by];
    const { signed, request } = read(text, one.context.omit_session_token);
    const { signedHeaders, algorithm, moment, date, region, service } = signed;
    const hash = payloadHash(signed, request);
    const path = styleOf(one);
    const made = canonicalRequest(request, { signedHeaders, payloadHash: hash, path });
    expect(made).toBe(Buffer.from(canonical).toString('latin1'));
    const scope = [date, ...(region ? [region] : []), service, 'aws4_request'].join('/');
    expect(stringToSign(algorithm, moment, scope, made)).toBe(toSign);
  });

  test.each(all)('$version $by $title is signed and verified', ({ version, one, by }) => {
    const { signed, request } = read(one[by].signed, one.context.omit_session_token);
    const keys = new SigningKeys();
    if (version === 'v4') {
      const scope = { date: signed.date, region: signed.region ?? '', service: signed.service };
      expect(keys.sign(secretOf(one), scope, one[by].toSign)).toBe(one[by].signature);
    }
    const check = (secret: string) => checkSignature(signed, request, secret, keys, styleOf(one));
    expect(() => check(secretOf(one))).not.toThrow();
    expect(() => check(`${secretOf(one)}!`)).toThrow('signature we calculated does not match');
  });

  test('a session token that was added after signing is refused', () => {
    const added = all.filter(({ one }) => one.context.omit_session_token);
    expect(added).toHaveLength(4);
    for (const { one, by } of added) {
      const { signed, request } = read(one[by].signed);
      const check = () => {
        checkSignedHeaders(signed, request);
        checkSignature(signed, request, secretOf(one), new SigningKeys());
      };
      expect(check).toThrow(SignatureFault);
    }
  });

  test('the keys of ECDSA are those that the suite derives', () => {
    const [one] = casesOf('v4a');
    const { access_key_id: id = '', secret_access_key: secret = '' } =
      one?.context.credentials ?? {};
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(privateKey(id, secret));
    expect(curve.getPublicKey('hex')).toBe(`04${one?.publicKey?.X}${one?.publicKey?.Y}`);
  });
});

describe('one byte', () => {
  /** Of each case so many bytes, spread over all that is signed. */
  const FLIPS = Number(process.env.MILLRACE_FLIPS ?? 35);

  test('that differs is refused, wherever it stands', () => {
    let refused = 0;
    for (const { one, by } of all.filter(({ one }) => !one.context.omit_session_token)) {
      const whole = one[by].signed.replace(/\n[ \t]+/g, ' ');
      const keys = new SigningKeys();
      for (const changed of flips(whole, FLIPS, refused)) {
        expect(verdict(changed, one, keys), JSON.stringify(changed)).toBe('refused');
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(all.length * FLIPS * 0.7);
    if (process.env.MILLRACE_FLIPS) console.log(`${refused} flips refused`);
  });

  /** Texts that differ from `text` in one character, in what it means and not in its spelling. */
  function flips(text: string, count: number, seed: number): readonly string[] {
    const { random } = seededIds(seed + text.length);
    const texts: string[] = [];
    for (let tries = 0; tries < count * 20 && texts.length < count; tries += 1) {
      const at = Math.floor(random() * text.length);
      const sign = String.fromCharCode(text.charCodeAt(at) ^ (1 << Math.floor(random() * 7)));
      const changed = text.slice(0, at) + sign + text.slice(at + 1);
      if (/[!-~]/.test(sign) && meaning(changed) !== meaning(text)) texts.push(changed);
    }
    return texts;
  }

  /** All that a server acts upon; names of headers have no case, encodings and dots none either. */
  function meaning(text: string): string {
    const { method, path, query, headers, body } = rawRequest(text);
    const signed = /SignedHeaders=([^,&\s]*)/.exec(text)?.[1] ?? '';
    const covered = new Set(unescape(signed).split(';'));
    const fields = headers
      .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/\s+/g, ' ')] as const)
      .filter(([name]) => covered.has(name) || /^(x-amz-|authorization$|host$)/.test(name))
      .map(([name, value]) => `${name}:${value}`)
      .sort();
    const pairs = query
      .split('&')
      .filter(Boolean)
      .map(
        (pair) =>
          unescape(pair.replace(/=.*/, '').replaceAll('+', ' ')) +
          '=' +
          unescape((/=(.*)/.exec(pair)?.[1] ?? '').replaceAll('+', ' ')),
      )
      .sort();
    const walked: string[] = [];
    for (const segment of path.split('/')) {
      if (segment === '..') walked.pop();
      else if (segment !== '' && segment !== '.') walked.push(segment);
    }
    return [method, walked.join('/'), pairs.join('&'), fields.join('\n'), body].join('\n');
  }

  function verdict(text: string, one: Case, keys: SigningKeys): string {
    const request = signable(rawRequest(text));
    try {
      const signed = readSignature(request);
      if (!signed) return 'refused';
      const nowMs = Date.parse(one.context.timestamp);
      const expected = { nowMs, service: 'service', region: 'us-east-1' };
      if (signed.accessKey !== 'AKIDEXAMPLE') return 'refused';
      checkScope(signed, expected);
      checkFreshness(signed, expected);
      checkSignedHeaders(signed, request);
      checkSignature(signed, request, secretOf(one), keys, styleOf(one));
      return 'taken';
    } catch (cause) {
      if (cause instanceof SignatureFault) return 'refused';
      throw cause;
    }
  }
});
