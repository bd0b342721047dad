/**
 * FilterLogEvents searches the streams of one group, merged in the order of timestamps.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
import type { FilteredLogEvent, Operations } from '../../wire/types/logs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { listed } from './change.ts';
import { fault } from './errors.ts';
import { eventsOf, inOrder, type StoredEvent, textOfPlace } from './events.ts';
import { filterOf } from './filter-patterns.ts';
import { type FoundGroup, knownGroup } from './log-groups.ts';
import { knownStream } from './log-streams.ts';
import { type Stream, storeOf, streamsOf } from './store.ts';

const MOST_EVENTS = 10_000;

export const FilterLogEvents: Operation<Operations['FilterLogEvents']> = async (call, input) => {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  if (names !== undefined && prefix !== undefined) {
    const message = 'logStreamNames and logStreamNamePrefix are mutually exclusive parameters.';
    throw fault('InvalidParameterException', message);
  }
  const matches = filterOf(input.filterPattern ?? '');
  const found = await knownGroup(call, input.logGroupIdentifier ?? input.logGroupName);
  const streams = await streamsToSearch(call, found, names, prefix);
  const perStream = await Promise.all(
    streams.map((stream) => eventsOf(call.stack, found.group, stream, input)),
  );
  const all = perStream
    .flat()
    .filter(({ message }) => matches(message))
    .sort((a, b) => inOrder(a, b) || (a.stream < b.stream ? -1 : 1));
  const question = { ...input, limit: input.limit ?? MOST_EVENTS };
  const { items, nextToken } = listed(call, all, idOf, question);
  return { events: items.map(outputOf), searchedLogStreams: [], nextToken };
};

async function streamsToSearch(
  call: Call,
  found: FoundGroup,
  names: readonly string[] | undefined,
  prefix = '',
): Promise<readonly Stream[]> {
  if (names) return Promise.all(names.map((name) => knownStream(call, found, name)));
  const rows = await storeOf(call.stack).streams.list(streamsOf(found.address));
  return rows.filter(({ key }) => key.startsWith(prefix)).map(({ value }) => value);
}

function idOf(event: StoredEvent): string {
  return `${event.stream}:${textOfPlace(event)}`;
}

function outputOf(event: StoredEvent): FilteredLogEvent {
  return {
    logStreamName: event.stream,
    timestamp: event.timestampMs,
    message: event.message,
    ingestionTime: event.ingestedAtMs,
    eventId: textOfPlace(event),
  };
}
