/**
 * The gate before everything else: which Host and Origin a request may name.
 *
 * Listening on loopback is no protection from a browser: any web page can post a form to a local
 * port, and a page whose name is made to resolve to 127.0.0.1 (DNS rebinding) can read what comes
 * back. Such a page cannot choose its Origin, nor have our kind of name in Host. So the Host must
 * be an address we listen on or a name that no stranger can own, and an Origin must be allowed
 * by name. That Origin and Host agree proves nothing.
 */
import { isIP } from 'node:net';
import { isForFunctionUrl } from './function-urls.ts';
import type { Answer, Head } from './request.ts';
import { jsonAnswer } from './request.ts';

export interface GateOptions {
  /** Addresses that the server is bound to. */
  readonly addresses: readonly string[];
  /** Further host names to answer to, without port. `*.example.test` covers all below it. */
  readonly allowedHosts?: readonly string[];
  /** Origins of web pages that may call, such as `http://localhost:3000`. */
  readonly allowedOrigins?: readonly string[];
  /** Whether every host name will do, because signatures are checked, and they cover the name. */
  readonly anyHost?: boolean;
}

export interface Gate {
  /** The refusal, or undefined for a request that may pass. */
  check(head: Head): Answer | undefined;
  /** CORS headers for the answer to an allowed page; undefined for everybody else. */
  crossOrigin(head: Head): readonly string[] | undefined;
}

/** Names that only AWS, or the machine itself, can give away. */
const OWNED_SUFFIXES = [
  '.localhost',
  '.localhost.localstack.cloud',
  '.amazonaws.com',
  '.amazonaws.com.cn',
  '.api.aws',
  '.on.aws',
];
const OWNED_NAMES: ReadonlySet<string> = new Set(['localhost', 'localhost.localstack.cloud']);

/** Hosts remembered as good. A client names one or two; the bound is against a flood of names. */
const MOST_REMEMBERED = 256;

export function hostGate(options: GateOptions): Gate {
  const allowedHosts = (options.allowedHosts ?? []).map((host) => host.toLowerCase());
  const origins = new Set(options.allowedOrigins);
  const good = new Set<string>();

  const hostIsGood = (host: string): boolean => {
    if (good.has(host)) return true;
    const name = hostName(host);
    if (name === undefined) return false;
    if (!options.anyHost && !mayAnswerTo(name, options.addresses, allowedHosts)) return false;
    if (good.size >= MOST_REMEMBERED) good.clear();
    good.add(host);
    return true;
  };

  return {
    check: (head) => {
      const host = head.header('host');
      if (host !== undefined && (!hostIsGood(host) || head.headerCount('host') > 1)) {
        return refusal(hostSentence(host));
      }
      const origin = head.header('origin');
      if (origin !== undefined) {
        if (origins.has(origin) || isForFunctionUrl(head)) return undefined;
        return refusal(originSentence(origin));
      }
      if (head.header('sec-fetch-site') !== 'cross-site' || isForFunctionUrl(head))
        return undefined;
      return refusal(CROSS_SITE);
    },
    crossOrigin: (head) => {
      const origin = origins.size > 0 ? head.header('origin') : undefined;
      return origin === undefined || isForFunctionUrl(head) ? undefined : corsHeaders(origin);
    },
  };
}

/** The name or address in a Host header, in lower case; undefined when it is malformed. */
export function hostName(host: string): string | undefined {
  if (host.length > 260) return undefined;
  if (host.startsWith('[')) {
    const end = host.indexOf(']');
    const address = host.slice(1, end);
    return end > 0 && isIP(address) === 6 && isPort(host.slice(end + 1)) ? address : undefined;
  }
  const colon = host.indexOf(':');
  const name = colon < 0 ? host : host.slice(0, colon);
  if (colon >= 0 && !isPort(host.slice(colon))) return undefined;
  return /^[a-zA-Z0-9._-]+$/.test(name) ? name.toLowerCase() : undefined;
}

function isPort(text: string): boolean {
  return text === '' || /^:\d{1,5}$/.test(text);
}

function mayAnswerTo(
  name: string,
  addresses: readonly string[],
  allowedHosts: readonly string[],
): boolean {
  if (isIP(name) !== 0) return isBoundTo(name, addresses) || allowedHosts.includes(name);
  if (OWNED_NAMES.has(name) || OWNED_SUFFIXES.some((suffix) => name.endsWith(suffix))) return true;
  // A name without a dot is resolved by the local network only: a Compose service, say.
  if (!name.includes('.')) return true;
  return allowedHosts.some((allowed) =>
    allowed.startsWith('*.') ? name.endsWith(allowed.slice(1)) : name === allowed,
  );
}

function isBoundTo(address: string, addresses: readonly string[]): boolean {
  if (addresses.includes('0.0.0.0') || addresses.includes('::')) return true;
  return addresses.includes(address) || (isLoopback(address) && addresses.some(isLoopback));
}

/** Whether only this machine can reach the address. */
export function isLoopback(address: string): boolean {
  const name = address.toLowerCase();
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

const CROSS_SITE =
  'millrace refuses requests that a web page of another site makes (Sec-Fetch-Site: cross-site). ' +
  'Name the page\'s origin in the setting "allowedOrigins" (--allow-origin) to let it in.';

function hostSentence(host: string): string {
  return (
    `millrace does not answer to the host name ${JSON.stringify(host.slice(0, 260))}, to keep ` +
    'web pages from reaching it by DNS rebinding. Use 127.0.0.1 or localhost, or name the host ' +
    'in the setting "allowedHosts" (--allow-host).'
  );
}

function originSentence(origin: string): string {
  return (
    `millrace refuses requests of web pages, and this one comes from ` +
    `${JSON.stringify(origin.slice(0, 260))}. Name that origin in the setting "allowedOrigins" ` +
    '(--allow-origin) to let it in.'
  );
}

function refusal(message: string): Answer {
  return jsonAnswer(403, { __type: 'AccessDeniedException', message });
}

/** Ten minutes; what browsers cap it at differs. */
const PREFLIGHT_SECONDS = '600';

function corsHeaders(origin: string): readonly string[] {
  return [
    'Access-Control-Allow-Origin',
    origin,
    'Vary',
    'Origin',
    'Access-Control-Allow-Methods',
    'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    'Access-Control-Allow-Headers',
    'authorization, content-type, x-amz-target, x-amz-date, x-amz-security-token, ' +
      'x-amz-content-sha256, x-amz-user-agent, amz-sdk-invocation-id, amz-sdk-request, ' +
      'x-amzn-query-mode, x-amzn-trace-id, smithy-protocol',
    'Access-Control-Expose-Headers',
    'x-amzn-requestid, x-amzn-query-error, x-amzn-errortype, x-amz-request-id, date',
    'Access-Control-Max-Age',
    PREFLIGHT_SECONDS,
  ];
}
