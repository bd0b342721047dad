/**
 * Filter criteria: which records of a source a mapping wants. Patterns are those of EventBridge
 * over the record as the function would get it, and one of them must match.
 *
 * A message body is a text, and so is the data of a Kinesis record, which patterns know as `data`.
 * A pattern may compare it as a text or look into the JSON in it; where the one meets the other,
 * the record is dropped, as is what no pattern matches.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html#filtering-sqs-proper
 */
import { jsonDepth, parseExact } from '../../core/json-text.ts';
import type { SourceRecord } from '../../delivery/sources.ts';
import { branchMatches } from '../../event-patterns/matches.ts';
import { type Branch, type Pattern, parsePattern } from '../../event-patterns/pattern.ts';

export type Wants = (record: Pick<SourceRecord, 'event'>) => boolean;

/** How a branch looks at the member that holds the sender's data; `both` can never match. */
type Look = 'text' | 'json' | 'elsewhere' | 'both';

interface Sight {
  readonly branch: Branch;
  readonly look: Look;
}

const compiled = new WeakMap<readonly string[], Wants>();

/** The same for the same list of patterns; undefined when everything is wanted. */
export function wantsOf(patterns: readonly string[] | undefined): Wants | undefined {
  if (!patterns || patterns.length === 0) return undefined;
  let wants = compiled.get(patterns);
  if (!wants) {
    wants = filterBy(patterns.map((pattern) => parsePattern(pattern)));
    compiled.set(patterns, wants);
  }
  return wants;
}

function filterBy(patterns: readonly Pattern[]): Wants {
  const sights = patterns.flatMap(({ branches }) =>
    branches.map((branch) => ({ branch, look: lookOf(branch) })),
  );
  const opens = sights.some(({ look }) => look === 'json' || look === 'text');
  return ({ event }) => {
    if (!opens) return sights.some((sight) => sees(sight, event, undefined));
    const { closed, opened } = viewsOf(event);
    return sights.some((sight) => sees(sight, closed, opened));
  };
}

export interface Views {
  /** The member that holds the sender's data. */
  readonly member: 'data' | 'body';
  /** With that as a text. */
  readonly closed: Event;
  /** With the JSON in it, where there is some. */
  readonly opened: Event | undefined;
}

export function viewsOf(sent: Event): Views {
  const closed = withData(sent);
  const member = 'data' in closed ? 'data' : 'body';
  const json = jsonIn(closed[member]);
  return { member, closed, opened: json === undefined ? undefined : { ...closed, [member]: json } };
}

type Event = SourceRecord['event'];

/** A Kinesis record with its data as text; anything else as it is. */
function withData(event: Event): Event {
  const { data } = (event.kinesis ?? {}) as { readonly data?: string };
  if (data === undefined) return event;
  return { ...event, data: Buffer.from(data, 'base64').toString() };
}

function sees({ branch, look }: Sight, event: Event, opened: Event | undefined): boolean {
  const work = { steps: 0 };
  if (look === 'json') return opened !== undefined && branchMatches(branch, opened, work);
  if (look === 'text') return opened === undefined && branchMatches(branch, event, work);
  return look === 'elsewhere' && branchMatches(branch, event, work);
}

function lookOf(branch: Branch): Look {
  const asText = branch.some(({ path }) => path === 'body' || path === 'data');
  const asJson = branch.some(({ path }) => /^(body|data)\./.test(path));
  if (asText) return asJson ? 'both' : 'text';
  return asJson ? 'json' : 'elsewhere';
}

/** The object or array in a text; undefined when it holds none. */
function jsonIn(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[{[]/.test(text) || !jsonDepth(text)) return undefined;
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
