/**
 * An archive as a file of JSON lines, so that events recorded on one stack are replayed on another:
 * `/_millrace/v1/events/archives/<name>`, with `account` and `region` in the query.
 *
 * GET gives out the events, each as it was archived, oldest first. What is more than a few MB
 * comes in parts: the header `millrace-next` then holds the `from` to go on with. POST adds the
 * events of its body in their order, all of them or, when a line holds none, not one.
 */
import { said } from '../../core/json-answer.ts';
import { verbatimObject } from '../../core/json-text.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { Route, RouteAnswer, RouteRequest } from '../service.ts';
import { type Archive, partitionOf, storeOf } from './store.ts';

export const ARCHIVE_FILES = '/_millrace/v1/events/archives/';

/** One part, give or take an event. Well below the largest body that POST takes. */
const PART_CHARS = 4 * 1024 * 1024;
const PAGE = 20;

export const archiveFile: Route = async (stack, request) => {
  const name = request.path.slice(ARCHIVE_FILES.length);
  const place = {
    account: request.query.get('account') ?? stack.settings.account,
    region: request.query.get('region') ?? stack.settings.region,
  };
  const archive = (await storeOf(stack).archives.get(partitionOf(place), name))?.value;
  if (!archive) return said(404, `Archive ${name} does not exist.`);
  if (request.method === 'GET') return part(stack, archive, request);
  if (request.method === 'POST') return add(stack, archive, request);
  return said(405, `${request.path} takes GET and POST, not ${request.method}.`);
};

async function part(stack: Stack, { log }: Archive, { query }: RouteRequest): Promise<RouteAnswer> {
  const from = Number(query.get('from') ?? 1);
  if (!Number.isSafeInteger(from) || from < 1) {
    return said(400, 'from must be a whole number above 0.');
  }
  let body = '';
  for (let next = from; ; ) {
    const page = await stack.storage.read(log, { from: next, max: PAGE });
    for (const { position, body: event } of page) {
      if (body.length >= PART_CHARS) return file(body, { 'millrace-next': String(position) });
      body += `${event}\n`;
      next = position + 1;
    }
    if (page.length === 0) return file(body);
  }
}

function file(body: string, more: Readonly<Record<string, string>> = {}): RouteAnswer {
  return { status: 200, headers: { 'content-type': 'application/x-ndjson', ...more }, body };
}

async function add(stack: Stack, { log }: Archive, { body }: RouteRequest): Promise<RouteAnswer> {
  const lines = new TextDecoder().decode(body).split('\n');
  const atMs = stack.clock.nowMs();
  const writes: Write[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const event = eventIn(line);
    if (!event) return said(400, `Line ${index + 1} holds no event.`);
    writes.push({ kind: 'append', log, record: { atMs, key: event.key, body: event.text } });
  }
  if (writes.length > 0) await stack.storage.commit(writes);
  return { status: 204, headers: {}, body: '' };
}

const TEXTS = ['id', 'source', 'detail-type', 'account', 'region', 'time'];

/** The event of a line without its white space, and the moment that replays know it by. */
function eventIn(line: string): { readonly text: string; readonly key: string } | undefined {
  const event = verbatimObject(line);
  if (!event || !TEXTS.every((name) => typeof event.value[name] === 'string')) return undefined;
  const { time, resources, detail } = event.value;
  const timeMs = Date.parse(String(time));
  if (Number.isNaN(timeMs) || !Array.isArray(resources)) return undefined;
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return undefined;
  return { text: event.text, key: String(timeMs) };
}
