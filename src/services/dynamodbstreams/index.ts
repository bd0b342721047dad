/** DynamoDB Streams: what tables write, `src/delivery/change-streams.ts` lays out. */
import { ROLL_JOB } from '../../delivery/change-streams.ts';
import type { Operations } from '../../wire/types/dynamodbstreams.ts';
import { defineService, type Service } from '../service.ts';
import { GetRecords } from './get-records.ts';
import { lens } from './lens.ts';
import { GetShardIterator } from './shard-iterators.ts';
import { roll } from './shards.ts';
import { changeSource } from './source.ts';
import { DescribeStream, ListStreams } from './streams.ts';

export const dynamodbstreams: Service = defineService<Operations>({
  name: 'dynamodbstreams',
  operations: { DescribeStream, GetRecords, GetShardIterator, ListStreams },
  // By the service in the stream's ARN, which is that of the table.
  sources: { dynamodb: changeSource },
  jobs: { [ROLL_JOB]: roll },
  lens,
});
