/** Splits the first shard that takes records, while they come. */
import { ListShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { kinesis, STREAM } from './deploy.ts';

export async function splitOneShard(): Promise<string> {
  const StreamName = STREAM;
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
  const open = Shards.find((shard) => !shard.SequenceNumberRange?.EndingSequenceNumber);
  const { StartingHashKey = '0', EndingHashKey = '0' } = open?.HashKeyRange ?? {};
  const middle = (BigInt(StartingHashKey) + BigInt(EndingHashKey)) / 2n + 1n;
  await kinesis.send(
    new SplitShardCommand({
      StreamName,
      ShardToSplit: open?.ShardId,
      NewStartingHashKey: middle.toString(),
    }),
  );
  return open?.ShardId ?? '';
}

export async function countShards(): Promise<number> {
  return (await kinesis.send(new ListShardsCommand({ StreamName: STREAM }))).Shards?.length ?? 0;
}
