/** Kinesis Data Streams. */
import type { Operations } from '../../wire/types/kinesis.ts';
import { defineService } from '../service.ts';
import { DescribeAccountSettings, UpdateAccountSettings } from './account-settings.ts';
import {
  DeregisterStreamConsumer,
  DescribeStreamConsumer,
  ListStreamConsumers,
  RegisterStreamConsumer,
} from './consumers.ts';
import { StartStreamEncryption, StopStreamEncryption } from './encryption.ts';
import { DisableEnhancedMonitoring, EnableEnhancedMonitoring } from './enhanced-monitoring.ts';
import { GetRecords } from './get-records.ts';
import { GetShardIterator } from './get-shard-iterator.ts';
import { lens } from './lens.ts';
import { DescribeLimits } from './limits.ts';
import { ListShards } from './list-shards.ts';
import { onDemandJobs } from './on-demand.ts';
import { PutRecord, PutRecords } from './put-record.ts';
import { rescueJobs } from './rescue.ts';
import { DeleteResourcePolicy, GetResourcePolicy, PutResourcePolicy } from './resource-policies.ts';
import {
  DecreaseStreamRetentionPeriod,
  IncreaseStreamRetentionPeriod,
  retentionJobs,
} from './retention.ts';
import { MergeShards, SplitShard, UpdateShardCount } from './shards.ts';
import { streamSource } from './source.ts';
import {
  UpdateMaxRecordSize,
  UpdateStreamMode,
  UpdateStreamWarmThroughput,
} from './stream-settings.ts';
import {
  CreateStream,
  DeleteStream,
  DescribeStream,
  DescribeStreamSummary,
  ListStreams,
} from './streams.ts';
import { SubscribeToShard } from './subscribe-to-shard.ts';
import {
  AddTagsToStream,
  ListTagsForResource,
  ListTagsForStream,
  RemoveTagsFromStream,
  TagResource,
  UntagResource,
} from './tags.ts';
import { streamTarget } from './target.ts';
import { transitionJobs } from './transitions.ts';

export const kinesis = defineService<Operations>({
  name: 'kinesis',
  operations: {
    AddTagsToStream,
    CreateStream,
    DecreaseStreamRetentionPeriod,
    DeleteResourcePolicy,
    DeleteStream,
    DeregisterStreamConsumer,
    DescribeAccountSettings,
    DescribeLimits,
    DescribeStream,
    DescribeStreamConsumer,
    DescribeStreamSummary,
    DisableEnhancedMonitoring,
    EnableEnhancedMonitoring,
    GetRecords,
    GetResourcePolicy,
    GetShardIterator,
    IncreaseStreamRetentionPeriod,
    ListShards,
    ListStreamConsumers,
    ListStreams,
    ListTagsForResource,
    ListTagsForStream,
    MergeShards,
    PutRecord,
    PutRecords,
    PutResourcePolicy,
    RegisterStreamConsumer,
    RemoveTagsFromStream,
    SplitShard,
    StartStreamEncryption,
    StopStreamEncryption,
    SubscribeToShard,
    TagResource,
    UntagResource,
    UpdateAccountSettings,
    UpdateMaxRecordSize,
    UpdateShardCount,
    UpdateStreamMode,
    UpdateStreamWarmThroughput,
  },
  targets: { kinesis: streamTarget },
  sources: { kinesis: streamSource },
  jobs: { ...onDemandJobs, ...rescueJobs, ...retentionJobs, ...transitionJobs },
  lens,
});
