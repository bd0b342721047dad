/**
 * What archives hold, and how replays come along: `/_millrace/v1/archives` lists both, and
 * `/_millrace/v1/archives/events` gives out the events of one, in the order in which they were
 * archived. As a file of lines they come from archive-files.ts.
 */
import type {
  ArchivedEvents,
  ArchiveSummary,
  Archives,
  Replay as ReplaySummary,
} from '../../admin-api/index.ts';
import { parseArn } from '../../core/arn.ts';
import type { Place } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { matches } from '../../event-patterns/matches.ts';
import type { Pattern } from '../../event-patterns/pattern.ts';
import { previewOf } from '../../journal/preview.ts';
import { get, momentOf, numberOf, placeOf, Refused, wanted } from '../admin-http.ts';
import type { RouteRequest } from '../service.ts';
import { busArn, namedArn } from './arns.ts';
import { readEvent } from './event.ts';
import { checkPattern } from './matching.ts';
import { type Archive, partitionOf, type Replay, storeOf } from './store.ts';

export const ARCHIVES = '/_millrace/v1/archives';
export const ARCHIVED_EVENTS = '/_millrace/v1/archives/events';

export const listArchives = get(async (stack, request): Promise<Archives | undefined> => {
  if (request.path !== ARCHIVES) return undefined;
  const place = placeOf(stack, request);
  const { archives, replays } = storeOf(stack);
  const kept = await archives.list(partitionOf(place));
  const begun = await replays.list(partitionOf(place));
  return {
    archives: await Promise.all(kept.map(({ value }) => summaryOf(stack, place, value))),
    replays: begun.map(({ value }) => replayOf(place, value)),
  };
});

async function summaryOf(stack: Stack, place: Place, archive: Archive): Promise<ArchiveSummary> {
  const { name, bus, retentionDays, pattern } = archive;
  const { first, next, bytes } = await stack.storage.bounds(archive.log);
  return {
    arn: namedArn(place, 'archive', name),
    name,
    bus: busArn(bus),
    // An archive is ready when it is made, and nothing here disables one.
    state: 'ENABLED',
    events: next - first,
    bytes,
    retentionDays,
    ...(pattern !== undefined && { pattern }),
  };
}

function replayOf(place: Place, replay: Replay): ReplaySummary {
  const { name, archive, bus, state, startMs, endMs, lastReplayedMs, endedAtMs } = replay;
  return {
    name,
    archive: namedArn(place, 'archive', archive),
    bus: busArn(bus),
    state,
    fromMs: startMs,
    toMs: endMs,
    ...(lastReplayedMs !== undefined && { lastEventAtMs: lastReplayedMs }),
    replayed: replay.replayed ?? 0,
    startedAtMs: replay.beganAtMs,
    ...(endedAtMs !== undefined && { endedAtMs }),
  };
}

const PAGE = 100;
const MOST = 1_000;
/** Events looked at for one page, and characters of those that are on it. */
const SEARCH = 20_000;
const MOST_CHARS = 4_194_304;
/** Read at a time. */
const STRETCH = { max: 200, maxChars: 1_048_576 };

export const listArchivedEvents = get(
  async (stack, request): Promise<ArchivedEvents | undefined> => {
    if (request.path !== ARCHIVED_EVENTS) return undefined;
    const arn = wanted(request, 'archive');
    const archive = await archiveAt(stack, arn);
    if (!archive) throw new Refused(404, `There is no archive ${arn}.`);
    return { archive: arn, ...(await pageOf(stack, archive, questionIn(request))) };
  },
);

async function archiveAt(stack: Stack, text: string): Promise<Archive | undefined> {
  const arn = parseArn(text);
  if (arn?.service !== 'events' || !arn.resource.startsWith('archive/')) return undefined;
  const name = arn.resource.slice('archive/'.length);
  return (await storeOf(stack).archives.get(partitionOf(arn), name))?.value;
}

interface Question {
  readonly pattern: Pattern | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  readonly from: number;
  readonly limit: number;
}

function questionIn(request: RouteRequest): Question {
  const pattern = request.query.get('pattern');
  const after = numberOf(request, 'after', [0, Number.MAX_SAFE_INTEGER - 1]) ?? 0;
  return {
    pattern: pattern ? checkPattern(pattern) : undefined,
    fromMs: momentOf(request, 'fromMs') ?? 0,
    toMs: momentOf(request, 'toMs') ?? Number.POSITIVE_INFINITY,
    from: after + 1,
    limit: numberOf(request, 'limit', [1, MOST]) ?? PAGE,
  };
}

async function pageOf({ storage }: Stack, { log, bus }: Archive, question: Question) {
  const { pattern, fromMs, toMs, limit } = question;
  const { next: end } = await storage.bounds(log);
  const events: ArchivedEvents['events'][number][] = [];
  let { from } = question;
  let searched = 0;
  let chars = 0;
  const isFull = () => events.length >= limit || searched >= SEARCH || chars >= MOST_CHARS;
  while (from < end && !isFull()) {
    const stretch = await storage.read(log, { from, ...STRETCH });
    if (stretch.length === 0) return { events, searched };
    for (const { position, key, body } of stretch) {
      if (isFull()) break;
      from = position + 1;
      searched += 1;
      const atMs = Number(key);
      if (atMs < fromMs || atMs >= toMs) continue;
      const { id, value } = readEvent(body);
      if (pattern && !matches(pattern, value)) continue;
      chars += body.length;
      const preview = previewOf('event', value);
      const about = { id, form: 'event', arn: busArn(bus), atMs } as const;
      events.push({ ...about, note: value['detail-type'], preview, content: value });
    }
  }
  return { events, searched, ...(from < end && { next: String(from - 1) }) };
}
