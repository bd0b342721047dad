/** A stream as a table would have it, and changes put into it without a table. */
import {
  type Change,
  type ChangeStream,
  changeStreams,
  changeWrites,
  closingOf,
  newStream,
  openingOf,
  streamKey,
  streamPlace,
} from '../../../src/delivery/change-streams.ts';
import type { Stack } from '../../../src/delivery/stack.ts';

export const image = (item: object, bytes = 10) => ({ json: JSON.stringify(item), bytes });

/** What a put of a new item leads to. */
export function insertion(id: string, more: object = {}): Change {
  const keys = { id: { S: id } };
  return { name: 'INSERT', keys: image(keys), after: image({ ...keys, ...more }), causes: [] };
}

export async function aStream(
  stack: Stack,
  table = 'orders',
  view: ChangeStream['view'] = 'NEW_AND_OLD_IMAGES',
) {
  const { account, region } = stack.settings;
  const keySchema = [{ AttributeName: 'id', KeyType: 'HASH' }] as const;
  const stream = newStream(stack, { account, region, table, view, keySchema });
  await stack.storage.commit(openingOf(stack, stream));
  const put = async (...changes: readonly Change[]) => {
    const writes = changes.flatMap((change) => changeWrites(stack, stream, change));
    await stack.storage.commit(writes);
  };
  return {
    arn: stream.arn,
    stream,
    put,
    insert: (...ids: readonly string[]) => put(...ids.map((id) => insertion(id))),
    disable: async () => {
      const key = [streamPlace(stream), streamKey(stream)] as const;
      const stored = await changeStreams(stack.storage).get(...key);
      if (stored) await stack.storage.commit(closingOf(stack, stored.value));
    },
  };
}
