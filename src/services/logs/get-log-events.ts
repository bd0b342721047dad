/**
 * GetLogEvents pages through one stream in both directions. Both tokens always lead on; the one
 * that was handed in comes back when there is nothing more on its side.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
import type { Operations, OutputLogEvent } from '../../wire/types/logs.ts';
import type { Operation } from '../service.ts';
import { badToken } from './change.ts';
import {
  eventsOf,
  inOrder,
  type Place,
  parsePlace,
  type StoredEvent,
  textOfPlace,
} from './events.ts';
import { knownGroup } from './log-groups.ts';
import { knownStream } from './log-streams.ts';

/** Events of one answer: at most this many, and at most 1 MB. */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;

export const GetLogEvents: Operation<Operations['GetLogEvents']> = async (call, input) => {
  const found = await knownGroup(call, input.logGroupIdentifier ?? input.logGroupName);
  const stream = await knownStream(call, found, input.logStreamName);
  const all = await eventsOf(call.stack, found.group, stream, input);
  const { limit = MOST_EVENTS, nextToken: token, startFromHead = false } = input;
  const cursor = token === undefined ? undefined : readToken(token);
  const forward = cursor?.forward ?? startFromHead;
  const rest = cursor ? all.filter((event) => isBeyond(event, cursor)) : all;
  const events = forward ? fill(rest, limit) : fill(rest.toReversed(), limit).toReversed();
  const [first, last] = [events[0] ?? cursor?.place, events.at(-1) ?? cursor?.place];
  return {
    events: events.map(outputOf),
    nextForwardToken: `f/${textOfPlace(last ?? BEGINNING)}`,
    nextBackwardToken: `b/${textOfPlace(first ?? BEGINNING)}`,
  };
};

const BEGINNING: Place = { timestampMs: 0, position: 0 };

interface Cursor {
  readonly forward: boolean;
  readonly place: Place;
}

function readToken(token: string): Cursor {
  const place = parsePlace(token.slice(2));
  if (!place || !/^[fb]\//.test(token)) throw badToken();
  return { forward: token.startsWith('f'), place };
}

function isBeyond(event: StoredEvent, { forward, place }: Cursor): boolean {
  const order = inOrder(event, place);
  return forward ? order > 0 : order < 0;
}

/** As many events as one answer holds, but at least one. */
function fill(events: readonly StoredEvent[], limit: number): readonly StoredEvent[] {
  let bytes = 0;
  const end = events.slice(0, limit).findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message);
    return bytes > MOST_BYTES && index > 0;
  });
  return events.slice(0, end < 0 ? limit : end);
}

function outputOf({ timestampMs, message, ingestedAtMs }: StoredEvent): OutputLogEvent {
  return { timestamp: timestampMs, message, ingestionTime: ingestedAtMs };
}
