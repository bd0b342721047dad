/**
 * Changes of items on their way to Kinesis streams: delivered in the item's own commit where that
 * can be done, and from a durable queue where it cannot. Partitioned by the item's key, so that
 * the changes of an item stand in one shard.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_gettingstarted.html
 */
import { createHash } from 'node:crypto';
import { deliver } from '../../delivery/deliver.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Delivery, Origin } from '../../delivery/targets.ts';
import type { Write } from '../../storage/storage.ts';
import type { Circumstances, ItemChange } from './item-changes.ts';
import { bytesOfRow, jsonOfRow, rowOf, textOf } from './item-text.ts';
import { keyOf } from './keys.ts';
import { tableArn } from './lookup.ts';
import type { Destination } from './store.ts';

/** What a change that is written owes to the table's destinations. */
export async function destinationWrites(
  stack: Stack,
  change: ItemChange,
  why: Circumstances,
): Promise<readonly Write[]> {
  const { table, key } = change;
  const active = (table.destinations ?? []).filter(({ isActive }) => isActive);
  if (active.length === 0) return [];
  const id = stack.ids.uuid();
  const nowMs = stack.clock.nowMs();
  const sourceArn = tableArn(table);
  const partitionKey = createHash('md5').update(key).digest('hex');
  const items = active.map((destination) => {
    const delivery: Delivery = {
      ...{ origin: 'dynamodb', cause: id, sourceArn },
      ...{ account: table.account, region: table.region, sinceMs: nowMs, hops: 0 },
      to: { kind: 'kinesis', arn: destination.arn, params: { partitionKey } },
    };
    return { delivery, body: bodyOf(change, why, destination, id, nowMs) };
  });
  const { causes } = why;
  return [
    ...stack.journal.record({ kind: 'publish', id, arn: sourceArn, atMs: nowMs, causes }),
    ...(await deliver(stack, items)),
  ];
}

function bodyOf(
  { table, before, after }: ItemChange,
  { expired }: Circumstances,
  { precision }: Destination,
  id: string,
  nowMs: number,
): string {
  const keys = textOf(keyOf(table.key, after ?? before?.item() ?? {}));
  const row = after && rowOf(after);
  const images = [
    ...(row === undefined ? [] : [{ name: 'NewImage', row }]),
    ...(before ? [{ name: 'OldImage', row: before.row }] : []),
  ];
  const bytes = images.reduce((sum, image) => sum + bytesOfRow(image.row), keys.bytes);
  const identity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  const head = JSON.stringify({
    awsRegion: table.region,
    eventID: id,
    eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
    userIdentity: expired ? identity : null,
    recordFormat: 'application/json',
    tableName: table.name,
    eventSource: 'aws:dynamodb',
  });
  const change = [
    `"ApproximateCreationDateTime":${precision === 'MICROSECOND' ? nowMs * 1000 : nowMs}`,
    `"ApproximateCreationDateTimePrecision":"${precision}"`,
    `"Keys":${keys.json}`,
    ...images.map((image) => `"${image.name}":${jsonOfRow(image.row)}`),
    `"SizeBytes":${bytes}`,
  ].join(',');
  return `${head.slice(0, -1)},"dynamodb":{${change}}}`;
}

/** As long as streams keep what they have. */
const PATIENCE_MS = 24 * 3_600_000;
const LONGEST_PAUSE_MS = 60_000;

export const origin: Origin = {
  principal: 'dynamodb.amazonaws.com',
  render: (_, __, body) => ({ body }),
  backoffMs: ({ clock }, { sinceMs }, attempts) =>
    clock.nowMs() - sinceMs >= PATIENCE_MS
      ? 'age'
      : Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(attempts, 6)),
  deadLetter: (_, __, body) => ({ body }),
};
