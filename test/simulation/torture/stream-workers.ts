/**
 * Writers of the table and of the stream of records. What was cut short by a kill is followed by
 * one that is confirmed, so that it has come out of the stream when that one has.
 */
import { jsonRequest } from '../../../bench/requests.ts';
import type { Client } from './client.ts';
import type { Fed } from './resources.ts';
import { STREAM, TABLE } from './streams.ts';
import { newText, type Work } from './workers.ts';

const ITEMS = 3;

/** Counts items of its own up, each time on the condition that the count is what it was. */
export function countUp({ changes }: Fed): Work {
  const known = new Map<string, number>();
  return async (scene, client, index) => {
    const item = `counter-${index}-${Math.floor(scene.ids.random() * ITEMS)}`;
    for (let outcome = 'unknown'; outcome === 'unknown' && !scene.ended; ) {
      const count = known.get(item) ?? (await countOf(client, item));
      if (count === undefined) continue;
      const text = newText(scene);
      const options = { expects: [changes.name], group: item };
      const request = counting(item, count, text);
      outcome = await scene.notebook.publishBy(client, 'UpdateItem', request, text, options);
      if (outcome === 'ok') known.set(item, count + 1);
      else known.delete(item);
    }
  };
}

function counting(item: string, count: number, text: string): Buffer {
  return jsonRequest('dynamodb', 'UpdateItem', {
    ...{ TableName: TABLE, Key: { id: { S: item } } },
    UpdateExpression: 'SET #count = :next, #text = :text',
    ConditionExpression: count === 0 ? 'attribute_not_exists(id)' : '#count = :count',
    ExpressionAttributeNames: { '#count': 'count', '#text': 'text' },
    ExpressionAttributeValues: {
      ...{ ':next': { N: String(count + 1) }, ':text': { S: text } },
      ...(count > 0 && { ':count': { N: String(count) } }),
    },
  });
}

/** Undefined when there was no answer. */
async function countOf(client: Client, item: string): Promise<number | undefined> {
  const asked = { TableName: TABLE, Key: { id: { S: item } }, ConsistentRead: true };
  const { answer } = await client.send(jsonRequest('dynamodb', 'GetItem', asked));
  if (answer?.status !== 200) return undefined;
  const { Item } = JSON.parse(answer.body.toString());
  return Item ? Number(Item.count.N) : 0;
}

export function putRecord({ records }: Fed): Work {
  return async (scene, client, index) => {
    const PartitionKey = `writer-${index}`;
    for (let outcome = 'unknown'; outcome === 'unknown' && !scene.ended; ) {
      const text = newText(scene);
      const options = { expects: [records.name], group: PartitionKey };
      const Data = Buffer.from(text).toString('base64');
      const put = { StreamName: STREAM, PartitionKey, Data };
      const request = jsonRequest('kinesis', 'PutRecord', put);
      outcome = await scene.notebook.publishBy(client, 'PutRecord', request, text, options);
    }
  };
}
