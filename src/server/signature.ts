/**
 * What a request says about its own signature, read and judged for form. Nothing here knows a
 * secret; signature-check.ts holds the result against one.
 *
 * Credentials come from exactly one place: the Authorization header or the query, never both.
 * Words: AWS's own, as its clients report them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { percentDecode } from '../wire/documents/form.ts';
import { type Signable, valuesOf } from './signature-canonical.ts';

export const HMAC = 'AWS4-HMAC-SHA256';
export const ECDSA = 'AWS4-ECDSA-P256-SHA256';
const TERMINATOR = 'aws4_request';

/** Why a request is refused; which code that is depends on the service, see auth-errors.ts. */
export type FaultKind =
  | 'missing'
  | 'incomplete'
  | 'unknownKey'
  | 'mismatch'
  | 'expiredToken'
  | 'badToken'
  | 'notBuilt';

export class SignatureFault extends Error {
  override readonly name = 'SignatureFault';
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface Signed {
  readonly by: 'header' | 'query';
  readonly algorithm: typeof HMAC | typeof ECDSA;
  readonly accessKey: string;
  /** As `20261121`. */
  readonly date: string;
  /** Undefined for ECDSA, whose signatures are for a set of Regions. */
  readonly region: string | undefined;
  readonly regionSet: string | undefined;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** As `20261121T100000Z`. */
  readonly moment: string;
  /** Of a presigned request. */
  readonly expiresSeconds: number | undefined;
  readonly sessionToken: string | undefined;
}

/** Undefined for a request without a signature. Throws `SignatureFault` for one that is odd. */
export function readSignature(request: Signable): Signed | undefined {
  const headers = valuesOf(request, 'authorization');
  const parameters = authParameters(request.query);
  if (headers.length + parameters.size === 0) return undefined;
  if (headers.length > 1 || (headers.length > 0 && parameters.size > 0)) {
    throw new SignatureFault('incomplete', ONE_MECHANISM);
  }
  return headers[0] === undefined
    ? fromQuery(request, parameters)
    : fromHeader(request, headers[0]);
}

const ONE_MECHANISM =
  'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query ' +
  'string parameter or the Authorization header should be specified';

/** What the Authorization header must hold, in the order in which AWS misses it. */
const HEADER_PARTS = ['Credential', 'Signature', 'SignedHeaders'];

function fromHeader(request: Signable, header: string): Signed {
  const space = header.search(/[ \t]/);
  const algorithm = space < 0 ? header : header.slice(0, space);
  if (algorithm !== HMAC && algorithm !== ECDSA) {
    throw new SignatureFault('incomplete', `Unsupported AWS 'algorithm': '${algorithm}'.`);
  }
  const parts = partsOf(space < 0 ? '' : header.slice(space + 1));
  const moment = momentOf(request);
  const lacking = HEADER_PARTS.filter((name) => !parts.get(name)).map(
    (name) => `Authorization header requires '${name}' parameter.`,
  );
  if (moment === undefined) lacking.push(NO_DATE);
  if (lacking.length > 0) {
    const what = `Authorization=${algorithm}`;
    throw new SignatureFault('incomplete', `${lacking.join(' ')} ${what}`);
  }
  const tokens = valuesOf(request, 'x-amz-security-token');
  if (tokens.length > 1) throw new SignatureFault('incomplete', ONE_MECHANISM);
  return {
    by: 'header',
    algorithm,
    ...scopeOf(parts.get('Credential') ?? '', algorithm),
    regionSet: valuesOf(request, 'x-amz-region-set')[0],
    signedHeaders: (parts.get('SignedHeaders') ?? '').split(';'),
    signature: parts.get('Signature') ?? '',
    moment: checkedMoment(moment ?? ''),
    expiresSeconds: undefined,
    sessionToken: tokens[0],
  };
}

const NO_DATE =
  "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";

function partsOf(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.split(',')) {
    const trimmed = part.trim();
    const equals = trimmed.indexOf('=');
    if (equals < 0) {
      const said = `'${trimmed}' not a valid key=value pair (missing equal-sign)`;
      throw new SignatureFault('incomplete', `${said} in Authorization header.`);
    }
    const name = trimmed.slice(0, equals);
    if (parts.has(name)) throw new SignatureFault('incomplete', `'${name}' is given twice.`);
    parts.set(name, trimmed.slice(equals + 1));
  }
  return parts;
}

function momentOf(request: Signable): string | undefined {
  const own = valuesOf(request, 'x-amz-date')[0];
  if (own !== undefined) return own;
  const date = valuesOf(request, 'date')[0];
  if (date === undefined || /^\d{8}T\d{6}Z$/.test(date)) return date;
  const atMs = Date.parse(date);
  return Number.isNaN(atMs) ? date : compact(atMs);
}

/** As `20261121T100000Z`. */
export function compact(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function checkedMoment(moment: string): string {
  if (!Number.isNaN(momentMs(moment))) return moment;
  const said = "Date must be in ISO-8601 'basic format'.";
  const form = 'See http://en.wikipedia.org/wiki/ISO_8601';
  throw new SignatureFault('incomplete', `${said} Got '${moment}'. ${form}`);
}

export function momentMs(moment: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(moment) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Parameters that make a query a signed one. */
const MARKS = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature'];
const PARAMETERS = [...MARKS, 'X-Amz-SignedHeaders', 'X-Amz-Date'];
const FURTHER = ['X-Amz-Expires', 'X-Amz-Security-Token', 'X-Amz-Region-Set'];
const KNOWN = new Set([...PARAMETERS, ...FURTHER]);

function authParameters(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!query.includes('X-Amz-') && !query.includes('%')) return found;
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    if (!KNOWN.has(name)) continue;
    if (found.has(name)) throw new SignatureFault('incomplete', `'${name}' is given twice.`);
    found.set(name, equals < 0 ? '' : decoded(pair.slice(equals + 1)));
  }
  return MARKS.some((name) => found.has(name)) ? found : new Map();
}

function decoded(text: string): string {
  try {
    return percentDecode(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function fromQuery(request: Signable, parameters: ReadonlyMap<string, string>): Signed {
  const lacking = PARAMETERS.filter((name) => !parameters.get(name));
  if (lacking.length > 0) {
    const said = lacking.map((name) => `AWS query-string parameters must include '${name}'.`);
    const again = 'Re-examine the query-string parameters.';
    throw new SignatureFault('incomplete', `${said.join(' ')} ${again}`);
  }
  const algorithm = parameters.get('X-Amz-Algorithm');
  if (algorithm !== HMAC && algorithm !== ECDSA) {
    throw new SignatureFault('incomplete', `Unsupported AWS 'algorithm': '${algorithm}'.`);
  }
  const [headerToken] = valuesOf(request, 'x-amz-security-token');
  return {
    by: 'query',
    algorithm,
    ...scopeOf(parameters.get('X-Amz-Credential') ?? '', algorithm),
    regionSet: parameters.get('X-Amz-Region-Set') ?? valuesOf(request, 'x-amz-region-set')[0],
    signedHeaders: (parameters.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: parameters.get('X-Amz-Signature') ?? '',
    moment: checkedMoment(parameters.get('X-Amz-Date') ?? ''),
    expiresSeconds: expiresOf(parameters.get('X-Amz-Expires')),
    sessionToken: parameters.get('X-Amz-Security-Token') ?? headerToken,
  };
}

const LONGEST_PRESIGNED_SECONDS = 604_800;

/** Without one, a presigned request lives as long as any other. */
function expiresOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= LONGEST_PRESIGNED_SECONDS) return seconds;
  const most = `less than a week (in seconds); that is, the given X-Amz-Expires must be less than`;
  const said = `X-Amz-Expires must be ${most} ${LONGEST_PRESIGNED_SECONDS} seconds`;
  throw new SignatureFault('incomplete', said);
}

type Scope = Pick<Signed, 'accessKey' | 'date' | 'region' | 'service'>;

function scopeOf(credential: string, algorithm: Signed['algorithm']): Scope {
  const parts = credential.split('/');
  const count = algorithm === HMAC ? 5 : 4;
  if (parts.length !== count || parts.some((part) => part === '')) {
    const form = algorithm === HMAC ? 'keyid/date/region/service/term' : 'keyid/date/service/term';
    const said = `Credential must have exactly ${count} slash-delimited elements, e.g. ${form}`;
    throw new SignatureFault('incomplete', `${said}, got '${credential}'`);
  }
  const [accessKey = '', date = ''] = parts;
  const terminator = parts[count - 1];
  if (terminator !== TERMINATOR) {
    const wanted = `Credential should be scoped with a valid terminator: '${TERMINATOR}'`;
    throw new SignatureFault('mismatch', `${wanted}, not '${terminator}'.`);
  }
  const region = algorithm === HMAC ? parts[2] : undefined;
  return { accessKey, date, region, service: parts[count - 2] ?? '' };
}
