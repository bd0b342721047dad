/**
 * Holds a signed request against what it must be: meant for this service, fresh, with all signed
 * that matters, with the body that was signed, and with the signature that only the secret makes.
 *
 * Throws `SignatureFault` in AWS's words for whatever is not so; the signature itself is looked at
 * last, because what it covers must be right first.
 */

import { compact, HMAC, momentMs, SignatureFault, type Signed } from './signature.ts';
import {
  AUTHORITY,
  canonicalRequest,
  type PathStyle,
  type Signable,
  sha256,
  stringToSign,
  valuesOf,
} from './signature-canonical.ts';
import { equal, type SigningKeys } from './signature-keys.ts';

export interface Expected {
  readonly nowMs: number;
  /** The name that requests to the routed service are signed with. */
  readonly service: string;
  /** The Region that the host names, where it names one. */
  readonly region: string | undefined;
}

export type SignedRequest = Signable & { readonly body: Uint8Array };

const S3 = 's3';
const MINUTE_MS = 60_000;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html */
const LEEWAY_MS = 5 * MINUTE_MS;
const S3_LEEWAY_MS = 15 * MINUTE_MS;

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d+$/;

/** That the scope is of this service, of a Region, and of the day that the request was made. */
export function checkScope(signed: Signed, { service, region }: Expected): void {
  if (signed.service !== service) {
    throw mismatch(`Credential should be scoped to correct service: '${service}'. `);
  }
  checkRegion(signed, region);
  const day = signed.moment.slice(0, 8);
  if (signed.date !== day) {
    const from = `'${signed.date}' != '${day}', from '${signed.moment}'.`;
    const said = 'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date';
    throw mismatch(`${said} from HTTP: ${from}`);
  }
}

function checkRegion({ region, regionSet }: Signed, wanted: string | undefined): void {
  if (region === undefined) {
    const set = (regionSet ?? '').split(',');
    if (set.some((one) => one === '*' || one === wanted || (!wanted && REGION.test(one)))) return;
    throw mismatch(`Credential should be scoped to a valid region, not '${regionSet ?? ''}'. `);
  }
  if (wanted === undefined ? REGION.test(region) : region === wanted) return;
  const valid = wanted === undefined ? '' : `, not '${wanted}'`;
  throw mismatch(`Credential should be scoped to a valid region${valid}. `);
}

export function checkFreshness(signed: Signed, { nowMs }: Expected): void {
  const atMs = momentMs(signed.moment);
  const leewayMs = signed.service === S3 ? S3_LEEWAY_MS : LEEWAY_MS;
  const livesMs = signed.expiresSeconds === undefined ? leewayMs : signed.expiresSeconds * 1000;
  const minutes = (ms: number) => `${ms / MINUTE_MS} min.`;
  const now = compact(nowMs);
  if (atMs + livesMs < nowMs) {
    const since = `${compact(nowMs - livesMs)} (${now} - ${minutes(livesMs)})`;
    throw mismatch(`Signature expired: ${signed.moment} is now earlier than ${since}`);
  }
  if (atMs > nowMs + leewayMs) {
    const until = `${compact(nowMs + leewayMs)} (${now} + ${minutes(leewayMs)})`;
    throw mismatch(`Signature not yet current: ${signed.moment} is still later than ${until}`);
  }
}

/** The host, and whatever AWS may act upon, must be signed. */
export function checkSignedHeaders(signed: Signed, request: Signable): void {
  const covered = new Set(signed.signedHeaders);
  if (!covered.has('host') && !covered.has(AUTHORITY)) throw unsigned("'Host' or ':authority'");
  const fields = request.fields();
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]?.toLowerCase() ?? '';
    if (name.startsWith('x-amz-') && !covered.has(name)) throw unsigned(`'${name}'`);
  }
}

function unsigned(what: string): SignatureFault {
  return mismatch(`${what} must be a 'SignedHeader' in the AWS Authorization.`);
}

const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/**
 * The hash that was signed, which must be that of the body. Only S3 takes bodies that are not
 * signed, and bodies signed piece by piece.
 */
export function payloadHash(signed: Signed, request: SignedRequest): string {
  const [declared] = valuesOf(request, 'x-amz-content-sha256');
  if (declared?.startsWith('STREAMING-')) {
    throw new SignatureFault('notBuilt', `millrace has not built ${declared} yet.`);
  }
  const isS3 = signed.service === S3;
  if (isS3 && (declared ?? (signed.by === 'query' && UNSIGNED_PAYLOAD)) === UNSIGNED_PAYLOAD) {
    return UNSIGNED_PAYLOAD;
  }
  const actual = sha256(request.body);
  if (declared === undefined || declared === actual) return actual;
  throw mismatch("The provided 'x-amz-content-sha256' header does not match what was computed.");
}

/** `secret` is that of the access key that `signed` names. */
export function checkSignature(
  signed: Signed,
  request: SignedRequest,
  secret: string,
  keys: SigningKeys,
  path: PathStyle = signed.service === S3 ? 's3' : 'normalised',
): void {
  const { algorithm, accessKey, date, region, service, signature, moment } = signed;
  const { signedHeaders } = signed;
  const hash = payloadHash(signed, request);
  const canonical = canonicalRequest(request, { signedHeaders, payloadHash: hash, path });
  const scope = [date, ...(region === undefined ? [] : [region]), service, 'aws4_request'];
  const text = stringToSign(algorithm, moment, scope.join('/'), canonical);
  const isGood =
    algorithm === HMAC
      ? equal(keys.sign(secret, { date, region: region ?? '', service }, text), signature)
      : keys.verifies(accessKey, secret, text, signature);
  if (!isGood) throw mismatch(wrong(canonical, text));
}

/** AWS tells what it has signed, so that clients can find where they differ. */
function wrong(canonical: string, text: string): string {
  return (
    'The request signature we calculated does not match the signature you provided. Check your ' +
    'AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n' +
    `The Canonical String for this request should have been\n'${canonical}'\n\n` +
    `The String-to-Sign should have been\n'${text}'\n`
  );
}

function mismatch(message: string): SignatureFault {
  return new SignatureFault('mismatch', message);
}
