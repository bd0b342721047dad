/**
 * A request to a function URL as the event that the function gets: payload format 2.0.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
 */
import { isUtf8 } from 'node:buffer';
import type { RouteRequest, Signer } from '../service.ts';

export interface UrlRequest {
  readonly request: RouteRequest;
  readonly urlId: string;
  /** As it was sent, below the URL. */
  readonly path: string;
  readonly domainName: string;
  readonly requestId: string;
  readonly traceHeader: string;
  /** Undefined where the URL asks for no signature. */
  readonly signer: Signer | undefined;
  readonly nowMs: number;
}

/** JSON text. What has no value is left out, as AWS does (observed). */
export function urlEvent(asked: UrlRequest): string {
  const { request, path } = asked;
  const { headers, cookies } = headersOf(asked);
  const query = queryOf(request.query);
  return JSON.stringify({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: request.rawQuery,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: contextOf(asked),
    ...bodyOf(request),
  });
}

function contextOf(asked: UrlRequest): object {
  const { request, urlId, path, domainName, requestId, signer, nowMs } = asked;
  return {
    accountId: signer?.account ?? 'anonymous',
    apiId: urlId,
    ...(signer && { authorizer: { iam: iamOf(signer) } }),
    domainName,
    domainPrefix: urlId,
    http: {
      method: request.method,
      path: decoded(path),
      protocol: request.protocol,
      sourceIp: bare(request.sourceIp),
      userAgent: request.header('user-agent'),
    },
    requestId,
    routeKey: '$default',
    stage: '$default',
    time: logTime(nowMs),
    timeEpoch: nowMs,
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function iamOf({ accessKey, account, arn }: Signer): object {
  // A root user's ids are its account's.
  return {
    accessKey,
    accountId: account,
    callerId: account,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId: account,
  };
}

/** An IPv4 address that came in by a socket of IPv6 is written as what it is. */
function bare(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** As `15/Jan/2026:10:00:00 +0000`, the form of web servers' logs. */
function logTime(atMs: number): string {
  const at = new Date(atMs).toISOString();
  const month = MONTHS[Number(at.slice(5, 7)) - 1];
  return `${at.slice(8, 10)}/${month}/${at.slice(0, 4)}:${at.slice(11, 19)} +0000`;
}

interface EventHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
}

/** Cookies are told apart and stand by themselves; a header that comes twice is joined. */
function headersOf({ request, traceHeader }: UrlRequest): EventHeaders {
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  const fields = request.fields();
  for (let at = 0; at < fields.length; at += 2) {
    const name = String(fields[at]).toLowerCase();
    const value = String(fields[at + 1]);
    const before = headers.get(name);
    if (name === 'cookie') cookies.push(...value.split(/; */).filter(Boolean));
    else headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  // Clients cannot say these of themselves.
  const [, scheme = 'http', port = '80'] = /^(\w+):.*?(?::(\d+))?$/.exec(request.endpoint) ?? [];
  headers.set('x-forwarded-for', bare(request.sourceIp));
  headers.set('x-forwarded-proto', scheme);
  headers.set('x-forwarded-port', port);
  headers.set('x-amzn-trace-id', traceHeader);
  return { headers: Object.fromEntries(headers), cookies };
}

function queryOf(query: URLSearchParams): Readonly<Record<string, string>> {
  return Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name).join(',')]));
}

/** Types whose bodies are text; all others come in base64, forms too (observed). */
const TEXT = /^\s*(?:text\/|application\/(?:json|javascript|xml)\b|[^;]*\+(?:json|xml)\b)/i;

function bodyOf({ body, header }: RouteRequest): object {
  if (body.length === 0) return { isBase64Encoded: false };
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const isPlain = header('content-encoding') === undefined && isUtf8(bytes);
  const isText = isPlain && TEXT.test(header('content-type') ?? '');
  return { body: bytes.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}
