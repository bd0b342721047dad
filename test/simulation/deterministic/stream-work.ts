/** Writers and readers of a stream of records; readers follow one shard from its oldest record. */
import { notePublish } from './publish-work.ts';
import { ask, explain, keyOf, newText, oneOf, type Scene, type Work } from './scene.ts';

export const STREAM = 'records';

interface Page {
  readonly Records: readonly { readonly Data: Uint8Array; readonly PartitionKey: string }[];
  readonly NextShardIterator?: string;
  readonly MillisBehindLatest?: number;
}

/** What got no answer is followed by one that is confirmed. */
export const putRecord: Work = async (scene, index) => {
  const PartitionKey = `writer-${index}`;
  for (let outcome = 'unknown'; outcome === 'unknown' && !scene.ended; ) {
    const what = newText(scene);
    const Data = Buffer.from(what.text);
    const reply = await ask(scene, 'kinesis', 'PutRecord', {
      ...{ StreamName: STREAM, PartitionKey, Data },
    });
    explain(scene, 'PutRecord', reply);
    notePublish(scene, what, { expects: ['records.fifo'], group: PartitionKey }, reply);
    ({ outcome } = reply);
  }
};

/** Reads a page at each turn, from any node; what got no answer is read again. */
export function readShard(): Work {
  let iterator: string | undefined;
  const keys: string[] = [];
  let isNoted = false;
  let isOver = false;
  return async (scene, index) => {
    const shard = shardName(index);
    if (!isNoted) {
      const facts = { reader: `reader ${index}`, shard, fromOldest: true, toNewest: false };
      scene.readers.push({ ...facts, keys });
      isNoted = true;
    }
    if (isOver) return;
    iterator ??= await oldest(scene, shard);
    if (iterator === undefined) return;
    const input = { ShardIterator: iterator, Limit: 1 + Math.floor(scene.ids.random() * 5) };
    const reply = await ask(scene, 'kinesis', 'GetRecords', input);
    explain(scene, 'GetRecords', reply);
    if (reply.outcome !== 'ok') return;
    const page = reply.answer as Page;
    keys.push(...page.Records.map(keyOfRecord));
    iterator = page.NextShardIterator;
    // A shard that was split has an end.
    isOver = iterator === undefined;
  };
}

/** Splits a shard, now and then; its children are read after it. */
export const splitShard: Work = async (scene) => {
  await scene.world.pause(10_000 + scene.ids.random() * 60_000);
  if (scene.draining) return;
  const { answer, outcome } = await ask(scene, 'kinesis', 'ListShards', { StreamName: STREAM });
  const { Shards = [] } = answer as { readonly Shards?: readonly Shard[] };
  const open = Shards.filter((shard) => !shard.SequenceNumberRange.EndingSequenceNumber);
  if (outcome !== 'ok' || open.length === 0 || open.length > 4) return;
  const { ShardId, HashKeyRange } = oneOf(scene.ids, open);
  const [from, to] = [BigInt(HashKeyRange.StartingHashKey), BigInt(HashKeyRange.EndingHashKey)];
  const NewStartingHashKey = String((from + to) / 2n);
  const reply = await ask(scene, 'kinesis', 'SplitShard', {
    ...{ StreamName: STREAM, ShardToSplit: ShardId, NewStartingHashKey },
  });
  explain(scene, 'SplitShard', reply, ['ResourceInUseException', 'InvalidArgumentException']);
};

interface Shard {
  readonly ShardId: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}

function shardName(index: number): string {
  return `shardId-00000000000${index % 2}`;
}

async function oldest(scene: Scene, ShardId: string): Promise<string | undefined> {
  const input = { StreamName: STREAM, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
  const reply = await ask(scene, 'kinesis', 'GetShardIterator', input);
  return (reply.answer as { readonly ShardIterator?: string }).ShardIterator;
}

const keyOfRecord = ({ Data }: Page['Records'][number]) => keyOf(Buffer.from(Data).toString());

/** All that the stream holds, shard after shard. */
export async function readRecords(scene: Scene): Promise<void> {
  const records: { group: string; key: string; shard: string }[] = [];
  const { answer } = await ask(scene, 'kinesis', 'ListShards', { StreamName: STREAM });
  // Parents come before their children.
  for (const { ShardId: shard } of (answer as { readonly Shards: readonly Shard[] }).Shards) {
    let iterator = await oldest(scene, shard);
    while (iterator !== undefined) {
      const reply = await ask(scene, 'kinesis', 'GetRecords', { ShardIterator: iterator });
      const page = reply.answer as Page;
      for (const record of page.Records) {
        records.push({ group: record.PartitionKey, key: keyOfRecord(record), shard });
      }
      iterator = page.Records.length === 0 ? undefined : page.NextShardIterator;
    }
  }
  scene.records = { queue: 'records.fifo', records };
}
