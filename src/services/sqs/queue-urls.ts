/**
 * Queue URLs: what we emit, and the forms that we take.
 *
 * We emit the host that the client used, because current JavaScript SDKs follow the URL's host.
 * Any host is taken back: `/<account>/<name>`, `/queue/<region>/<account>/<name>`, a region in the
 * host (`sqs.<region>.…`, `<region>.queue.…`), and a bare name.
 */
import type { Call } from '../call.ts';

export interface QueueAddress {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** Where the queue's row stands. */
  readonly partition: string;
}

interface Known extends QueueAddress {
  /** Whether the URL itself names the region. */
  readonly fixed: boolean;
}

/** URLs kept parsed; past it the memory starts anew. */
const MOST_KNOWN = 10_000;
const known = new Map<string, Known>();

const REGION_IN_HOST = /^(?:sqs\.([a-z]{2}(?:-[a-z]+)+-\d)\.|([a-z]{2}(?:-[a-z]+)+-\d)\.queue\.)/;

export function queueUrl(
  call: Pick<Call, 'endpoint'>,
  { account, name }: { readonly account: string; readonly name: string },
): string {
  return `${call.endpoint}/${account}/${name}`;
}

export function addressOf(
  account: string,
  region: string,
  name: string,
  fixed = true,
): QueueAddress & { readonly fixed: boolean } {
  return { account, region, name, partition: `${account}/${region}`, fixed };
}

/** Where the queue of `url` is; undefined when it is no queue's URL. */
export function parseQueueUrl(
  call: Pick<Call, 'account' | 'region'>,
  url: string,
): QueueAddress | undefined {
  if (!url.includes('/')) return addressOf(call.account, call.region, url);
  const before = known.get(url);
  if (before && (before.fixed || before.region === call.region)) return before;
  const parsed = parse(url, call.region);
  if (!parsed) return undefined;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(url, parsed);
  return parsed;
}

function parse(url: string, callRegion: string): Known | undefined {
  const [, host = '', path = ''] = /^(?:[a-z]+:\/\/([^/]*))?\/?(.*)$/i.exec(url) ?? [];
  const segments = path
    .replace(/[?#].*$/, '')
    .split('/')
    .filter(Boolean);
  const name = segments.at(-1);
  const account = segments.at(-2);
  if (!name || !account || !/^\d{12}$/.test(account)) return undefined;
  const inPath = segments.at(-4) === 'queue' ? segments.at(-3) : undefined;
  const [, inHost, inOldHost] = REGION_IN_HOST.exec(host) ?? [];
  const region = inPath ?? inHost ?? inOldHost;
  return addressOf(account, region ?? callRegion, name, region !== undefined);
}
