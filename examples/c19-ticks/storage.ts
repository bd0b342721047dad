/** Keeps every tick in a table. A tick that comes twice is the same row. */
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  type Clock,
  jsonOfRecord,
  type StreamConsumer,
  streamConsumer,
} from '../../src/patterns/index.ts';
import { CONSUMERS, dynamodb, HISTORY, kinesis, StreamName } from './deploy.ts';
import type { Tick } from './market.ts';

const tables = DynamoDBDocumentClient.from(dynamodb);
const AT_ONCE = 25;

export function startStorage(clock: Clock): StreamConsumer {
  return streamConsumer({
    ...{ kinesis, stream: StreamName, client: dynamodb, table: CONSUMERS, clock },
    ...{ name: 'storage', worker: 'storage-1' },
    handler: async (records) => {
      const ticks = records.map((record) => jsonOfRecord(record) as Tick);
      for (let first = 0; first < ticks.length; first += AT_ONCE) {
        await write(ticks.slice(first, first + AT_ONCE));
      }
    },
  });
}

async function write(ticks: readonly Tick[]): Promise<void> {
  const puts = ticks.map((Item) => ({ PutRequest: { Item } }));
  const answer = await tables.send(new BatchWriteCommand({ RequestItems: { [HISTORY]: puts } }));
  const left = answer.UnprocessedItems?.[HISTORY]?.length ?? 0;
  if (left > 0) throw new Error(`${left} ticks were not written.`);
}
