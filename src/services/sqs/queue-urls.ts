/**
 * Queue URLs: what we emit, and the forms that we take.
 *
 * We emit the host that the client used, because current JavaScript SDKs follow the URL's host.
 * Any host is taken back: `/<account>/<name>`, `/queue/<region>/<account>/<name>`, `/<name>`, a
 * region in the host (`sqs.<region>.…`, `<region>.queue.…`), and a bare name.
 */
import { regionInHost } from '../../core/region-in-host.ts';
import type { Call } from '../call.ts';

export interface QueueAddress {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** Where the queue's row stands. */
  readonly partition: string;
}

/** What the URL itself names, and what is the asker's. */
interface Known extends QueueAddress {
  readonly fixedAccount: boolean;
  readonly fixedRegion: boolean;
}

type Asker = Pick<Call, 'account' | 'region'>;

/** URLs kept parsed; past it the memory starts anew. */
const MOST_KNOWN = 10_000;
const known = new Map<string, Known>();

export function queueUrl(
  { endpoint }: Pick<Call, 'endpoint'>,
  { account, region, name }: Omit<QueueAddress, 'partition'>,
): string {
  const named = regionInHost(endpoint.slice(endpoint.indexOf('//') + 2));
  // A host that names another region would not lead back to this queue.
  const base = named && named !== region ? endpoint.replace(named, region) : endpoint;
  return `${base}/${account}/${name}`;
}

export function addressOf(account: string, region: string, name: string): QueueAddress {
  return { account, region, name, partition: `${account}/${region}` };
}

/** Where the queue of `url` is; undefined when it is no queue's URL. */
export function parseQueueUrl(call: Asker, url: string): QueueAddress | undefined {
  if (!url.includes('/')) return addressOf(call.account, call.region, url);
  const before = known.get(url);
  if (
    before &&
    (before.fixedRegion || before.region === call.region) &&
    (before.fixedAccount || before.account === call.account)
  ) {
    return before;
  }
  const parsed = parse(call, url);
  if (!parsed) return undefined;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(url, parsed);
  return parsed;
}

function parse(call: Asker, url: string): Known | undefined {
  const [, host = '', path = ''] = /^(?:[a-z]+:\/\/([^/]*))?\/?(.*)$/i.exec(url) ?? [];
  const segments = path
    .replace(/[?#].*$/, '')
    .split('/')
    .filter(Boolean);
  const name = segments.at(-1);
  const account = segments.length === 1 ? call.account : segments.at(-2);
  if (!name || !account || !/^\d{12}$/.test(account)) return undefined;
  const inPath = segments.at(-4) === 'queue' ? segments.at(-3) : undefined;
  const region = inPath ?? regionInHost(host);
  return {
    ...addressOf(account, region ?? call.region, name),
    fixedAccount: segments.length > 1,
    fixedRegion: region !== undefined,
  };
}
