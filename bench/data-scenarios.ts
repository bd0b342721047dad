/**
 * What a connection sends to tables and streams.
 *
 * Items are numbered in eight digits of base 36. Filling numbers them from 0 on, over all
 * connections together, so that reading may pick any number and finds what it asks for.
 */
import { randomBytes } from 'node:crypto';
import type { Answer } from './connection.ts';
import { jsonRequest, numbered, randomText } from './requests.ts';
import type { Scenario, Worker } from './scenarios.ts';

const KINDS = [
  ...(['put-item', 'get-item', 'transact', 'query'] as const),
  ...(['fill-items', 'fill-lists', 'put-records', 'get-records'] as const),
] as const;

export type DataKind = (typeof KINDS)[number];

export function isDataKind(kind: string): kind is DataKind {
  return KINDS.some((known) => known === kind);
}

/** Items of one partition key that `fill-lists` makes and `query` reads. */
export const LIST_LENGTH = 100;
export const RECORDS = 500;
const BATCH = 25;

/** Every one of it in a request becomes a number of its own; see `numbered`. */
const MARK = '########';

export function dataWorker(kind: DataKind, scenario: Scenario, index: number): Worker {
  switch (kind) {
    case 'put-item':
      return always(numbered(putRequest(scenario, index), MARK), 1);
    case 'transact':
      return always(numbered(transactRequest(scenario, index), MARK), 1);
    case 'get-item':
      return always(picking(getRequest(scenario), scenario.items ?? 1), 1);
    case 'query':
      return always(picking(queryRequest(scenario), (scenario.items ?? 1) / LIST_LENGTH), 1);
    case 'fill-items':
    case 'fill-lists':
      return always(filling(kind, scenario), BATCH);
    case 'put-records':
      return always(numbered(recordsRequest(scenario), MARK), RECORDS);
    case 'get-records':
      return following(scenario, index);
  }
}

function always(next: () => Buffer, weight: number): Worker {
  return { next: () => next(), counted: () => weight };
}

/** No two connections, and no two rounds, write the same item. */
function ownKey(index: number): string {
  return `${index}-${randomText(8)}-${MARK}`;
}

function putRequest({ to, bytes = 1024 }: Scenario, index: number): Buffer {
  const pk = ownKey(index);
  const Item = { pk: { S: pk }, body: { S: randomText(bytes - pk.length - 6) } };
  return jsonRequest('dynamodb', 'PutItem', { TableName: to, Item });
}

function transactRequest({ to, bytes = 256 }: Scenario, index: number): Buffer {
  const TransactItems = Array.from({ length: 4 }, () => {
    const pk = ownKey(index);
    const Item = { pk: { S: pk }, body: { S: randomText(bytes - pk.length - 6) } };
    return { Put: { TableName: to, Item } };
  });
  return jsonRequest('dynamodb', 'TransactWriteItems', { TransactItems });
}

function getRequest({ to }: Scenario): Buffer {
  return jsonRequest('dynamodb', 'GetItem', { TableName: to, Key: { pk: { S: MARK } } });
}

function queryRequest({ to }: Scenario): Buffer {
  return jsonRequest('dynamodb', 'Query', {
    TableName: to,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: MARK } },
  });
}

/** The request for any of `items`, all alike. */
function picking(template: Buffer, items: number): () => Buffer {
  const at = template.indexOf(MARK);
  return () => {
    template.write(numberText(Math.floor(Math.random() * items)), at, 'latin1');
    return template;
  };
}

/** Items filled so far, by all connections of this process. */
let filled = 0;

function filling(kind: 'fill-items' | 'fill-lists', { to, bytes = 1024 }: Scenario) {
  return () => {
    const requests = Array.from({ length: BATCH }, () => {
      const number = filled++;
      const body = { S: randomText(bytes - 20) };
      const Item =
        kind === 'fill-items'
          ? { pk: { S: numberText(number) }, body }
          : { ...listKey(number), body };
      return { PutRequest: { Item } };
    });
    return jsonRequest('dynamodb', 'BatchWriteItem', { RequestItems: { [to]: requests } });
  };
}

function listKey(number: number) {
  const list = numberText(Math.floor(number / LIST_LENGTH));
  return { pk: { S: list }, sk: { N: String(number % LIST_LENGTH) } };
}

function numberText(number: number): string {
  return number.toString(36).padStart(MARK.length, '0');
}

function recordsRequest({ to, bytes = 1024 }: Scenario): Buffer {
  const Records = Array.from({ length: RECORDS }, () => ({
    PartitionKey: randomText(12),
    // Eight characters of base64 become numbers in every request, which leaves them base64.
    Data: MARK + randomBytes(bytes).toString('base64').slice(MARK.length),
  }));
  return jsonRequest('kinesis', 'PutRecords', { StreamName: to, Records });
}

/** Reads a shard from its beginning to its end, and begins anew. */
function following({ iterators = [], weight = 1000 }: Scenario, index: number): Worker {
  const beginning = iterators[index % iterators.length] ?? '';
  const ask = (ShardIterator: string) =>
    jsonRequest('kinesis', 'GetRecords', { ShardIterator, Limit: weight });
  return {
    counted: ({ body }) => countOf(body, '"SequenceNumber"'),
    next: (answer) => ask((answer && nextIterator(answer)) ?? beginning),
  };
}

/** Undefined at the end; found by text search, as parsing a megabyte would cost too much. */
function nextIterator({ body }: Answer): string | undefined {
  if (body.indexOf('"SequenceNumber"') < 0) return undefined;
  const name = '"NextShardIterator":"';
  const start = body.indexOf(name) + name.length;
  return body.toString('latin1', start, body.indexOf('"', start));
}

function countOf(bytes: Buffer, text: string): number {
  let count = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) count++;
  return count;
}
