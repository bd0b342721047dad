/** Streams and shards as the API shows them. */
import type * as Wire from '../../wire/types/kinesis.ts';
import { shardId, streamArn } from './arns.ts';
import { toDecimal } from './hash-keys.ts';
import type { Found } from './lookup.ts';
import { sequenceNumber } from './sequence-numbers.ts';
import type { Shard, Stream } from './store.ts';

export function describeShard(stream: Stream, shard: Shard): Wire.Shard {
  const [parent, adjacent] = shard.parents;
  const end = shard.closed?.position;
  return {
    ShardId: shardId(shard.number),
    ...(parent !== undefined && { ParentShardId: shardId(parent) }),
    ...(adjacent !== undefined && { AdjacentParentShardId: shardId(adjacent) }),
    HashKeyRange: rangeOf(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: sequenceNumber(stream, shard, 0),
      ...(end !== undefined && { EndingSequenceNumber: sequenceNumber(stream, shard, end) }),
    },
  };
}

function rangeOf({ first, last }: Shard): Wire.HashKeyRange {
  return { StartingHashKey: toDecimal(first), EndingHashKey: toDecimal(last) };
}

/** The shards that a closed one was split or merged into. */
export function childrenOf(stream: Stream, { number }: Shard): readonly Wire.ChildShard[] {
  return stream.shards
    .filter(({ parents }) => parents.includes(number))
    .map((child) => ({
      ShardId: shardId(child.number),
      ParentShards: child.parents.map(shardId),
      HashKeyRange: rangeOf(child),
    }));
}

/** What DescribeStream and DescribeStreamSummary have in common. */
export function describeStream({ address, row }: Found) {
  const stream = row.value;
  return {
    StreamName: stream.name,
    StreamARN: streamArn(address),
    StreamStatus: stream.status,
    StreamModeDetails: { StreamMode: stream.mode },
    RetentionPeriodHours: stream.retentionHours,
    // Whole seconds, as AWS's own timestamps of streams are.
    StreamCreationTimestamp: Math.floor(stream.createdAtMs / 1000) * 1000,
    EnhancedMonitoring: [{ ShardLevelMetrics: stream.metrics }],
    ...encryptionOf(stream),
  };
}

export function encryptionOf({ keyId }: Stream): {
  readonly EncryptionType: Wire.EncryptionType;
  readonly KeyId?: string;
} {
  if (keyId === undefined) return { EncryptionType: 'NONE' };
  return { EncryptionType: 'KMS', KeyId: keyId };
}
