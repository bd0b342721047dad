/** What a record holds, looked up by the journal's id for it: `shardId:sequenceNumber`. */
import type { PublishedAt } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { parseStreamArn } from './arns.ts';
import { findStream } from './lookup.ts';
import { base64Of, isMark } from './records.ts';
import { parseSequenceNumber, streamHash } from './sequence-numbers.ts';
import { logOf } from './store.ts';

export async function content(stack: Stack, { arn, id }: PublishedAt): Promise<object | undefined> {
  const address = parseStreamArn(arn);
  const found = address && (await findStream(stack, address));
  const place = parseSequenceNumber(id.slice(id.indexOf(':') + 1));
  if (!found || !place) return undefined;
  const stream = found.row.value;
  // One that was made anew under the name has other records at the same positions.
  if (place.streamHash !== streamHash(stream)) return undefined;
  const log = logOf(stream, { number: place.shard });
  const [entry] = await stack.storage.read(log, { from: place.position, max: 1 });
  if (entry?.position !== place.position || isMark(entry)) return undefined;
  return { Data: base64Of(entry), PartitionKey: entry.key };
}
