/** Of one key the newest event counts, and older ones are dropped. See `ordered`. */
import { type LastWriteOptions, type Ordered, orderKey, readState, STATE } from './order.ts';
import { commit, draft, failedWrites } from './transaction.ts';

export async function applyNewest<Event>(
  options: LastWriteOptions<Event>,
  event: Event,
): Promise<Ordered> {
  const { client, table, name, apply, backoff } = options;
  const key = options.key(event);
  // ISO 8601 in UTC sorts as time does.
  const stamp = `${new Date(options.at(event)).toISOString()}#${options.tiebreak(event)}`;
  const { stamp: newest } = await readState(options, key);
  if (typeof newest === 'string' && newest >= stamp) return 'dropped';
  const tx = draft();
  tx.put({
    TableName: table,
    Item: { ...orderKey(name, key, STATE), stamp },
    ConditionExpression: 'attribute_not_exists(id) OR stamp < :stamp',
    ExpressionAttributeValues: { ':stamp': stamp },
  });
  await apply(event, tx);
  try {
    await commit(client, tx, { backoff });
    return 'applied';
  } catch (cause) {
    // A newer one was faster.
    if (failedWrites(cause).includes(0)) return 'dropped';
    throw cause;
  }
}
