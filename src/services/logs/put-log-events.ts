/**
 * PutLogEvents takes a batch as a whole, but for events that are too old or too new.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
import type { InputLogEvent, Operations } from '../../wire/types/logs.ts';
import type { Operation } from '../service.ts';
import { fault } from './errors.ts';
import { keptSinceMs, knownGroup } from './log-groups.ts';
import { knownStream } from './log-streams.ts';
import { append } from './store.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const MOST_BYTES = 1_048_576;
/** Counted for each event on top of its message. */
const EVENT_BYTES = 26;

/** Tokens are no longer looked at, by AWS neither; clients may still want to hand one on. */
const TOKEN = '0'.repeat(56);

export const PutLogEvents: Operation<Operations['PutLogEvents']> = async (call, input) => {
  const { stack } = call;
  const found = await knownGroup(call, input.logGroupName);
  const stream = await knownStream(call, found, input.logStreamName);
  const { logEvents: events } = input;
  checkBatch(events);
  const nowMs = stack.clock.nowMs();
  const expired = countBefore(events, keptSinceMs(stack, found.group));
  const tooOld = countBefore(events, nowMs - 14 * DAY_MS);
  const tooNew = countBefore(events, nowMs + 2 * HOUR_MS + 1);
  const taken = events.slice(Math.max(expired, tooOld), tooNew);
  const writes = taken.map(({ timestamp, message }) => append(stack, stream, timestamp, message));
  if (writes.length > 0) await stack.storage.commit(writes);
  const rejected = {
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
  };
  const isWhole = Object.keys(rejected).length === 0;
  return { nextSequenceToken: TOKEN, ...(!isWhole && { rejectedLogEventsInfo: rejected }) };
};

/** How many events at the beginning of the batch are from before a moment. */
function countBefore(events: readonly InputLogEvent[], momentMs: number): number {
  const first = events.findIndex(({ timestamp }) => timestamp >= momentMs);
  return first < 0 ? events.length : first;
}

function checkBatch(events: readonly InputLogEvent[]): void {
  let bytes = 0;
  let lastMs = 0;
  for (const { timestamp, message } of events) {
    if (timestamp < lastMs) {
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    }
    lastMs = timestamp;
    bytes += Buffer.byteLength(message) + EVENT_BYTES;
  }
  if (lastMs - (events[0]?.timestamp ?? 0) > DAY_MS) {
    throw invalid(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
  if (bytes > MOST_BYTES) {
    throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${MOST_BYTES}`);
  }
}

function invalid(message: string) {
  return fault('InvalidParameterException', message);
}
