/**
 * What it means to be fed from the changes of a table.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
import { type ChangeStream, changeLog, RETENTION_MS } from '../../delivery/change-streams.ts';
import { LogFeeder, type LogView, type ShardedLog } from '../../delivery/log-feeder.ts';
import type { LogItem } from '../../delivery/log-feeder-lane.ts';
import type { Source } from '../../delivery/sources.ts';
import type { Stack } from '../../delivery/stack.ts';
import { Refused } from '../../delivery/targets.ts';
import type { LogEntry } from '../../storage/storage.ts';
import { findStream } from './lookup.ts';
import { shown } from './records.ts';
import { shardsOf } from './shards.ts';

export const changeSource: Source = {
  open: (stack, feed) => new LogFeeder(stack, feed, new ChangeLog(stack, feed.sourceArn)),
};

class ChangeLog implements ShardedLog {
  readonly #stack: Stack;
  readonly #arn: string;

  constructor(stack: Stack, arn: string) {
    this.#stack = stack;
    this.#arn = arn;
  }

  async view(): Promise<LogView> {
    const stream = await findStream(this.#stack, this.#arn);
    if (!stream) throw new Refused('NO_RESOURCE', `Stream ${this.#arn} does not exist.`);
    const log = changeLog(stream);
    const shards = (await shardsOf(this.#stack, stream)).map(({ id, from, until, parent }) => ({
      ...{ id, from, until, log },
      parents: parent === undefined ? [] : [parent],
    }));
    const horizonMs = this.#stack.clock.nowMs() - RETENTION_MS;
    return { shards, horizonMs, watched: log, item: (_shard, entry) => itemOf(stream, entry) };
  }
}

function itemOf(stream: ChangeStream, entry: LogEntry): LogItem {
  const { record, expired, about, createdAtMs, items } = shown(stream, entry);
  const event = {
    ...record,
    dynamodb: { ApproximateCreationDateTime: createdAtMs / 1000, ...items, ...about },
    ...(expired && { userIdentity: TIME_TO_LIVE }),
    eventSourceARN: stream.arn,
  };
  const { position, atMs } = entry;
  const json = JSON.stringify(event);
  return { id: about.SequenceNumber, cause: record.eventID, event, json, position, atMs };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html */
const TIME_TO_LIVE = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
