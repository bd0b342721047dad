/** Writers and readers of a stream of records; readers follow one shard from its oldest record. */
import { notePublish } from './publish-work.ts';
import { ask, explain, keyOf, newText, type Scene, type Work } from './scene.ts';

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
  return async (scene, index) => {
    const shard = shardName(index);
    if (!isNoted) {
      const facts = { reader: `reader ${index}`, shard, fromOldest: true, toNewest: false };
      scene.readers.push({ ...facts, keys });
      isNoted = true;
    }
    iterator ??= await oldest(scene, shard);
    if (iterator === undefined) return;
    const input = { ShardIterator: iterator, Limit: 1 + Math.floor(scene.ids.random() * 5) };
    const reply = await ask(scene, 'kinesis', 'GetRecords', input);
    explain(scene, 'GetRecords', reply);
    if (reply.outcome !== 'ok') return;
    const page = reply.answer as Page;
    keys.push(...page.Records.map(keyOfRecord));
    iterator = page.NextShardIterator;
  };
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
  for (const shard of [shardName(0), shardName(1)]) {
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
