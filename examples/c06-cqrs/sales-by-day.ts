/**
 * What was sold on each day. It came later than the others, so it begins with what is in the
 * event store. An order's row and its day's sum change together or not at all.
 */
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  paginateScan,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Told } from './order.ts';
import { isNext, projector } from './projector.ts';

export const TableName = 'c06-sales-by-day';
const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** How far an order got, and what it is worth. */
interface OrderRow {
  readonly day: string;
  readonly total: number;
  readonly lastVersion: number;
}

const NONE: OrderRow = { day: '', total: 0, lastVersion: 0 };

export async function apply(event: Told): Promise<void> {
  for (let attempt = 1; !(await attemptTo(event)); attempt += 1) {
    if (attempt === 10) throw new Error('The day is too busy.');
  }
}

/** False when others changed the same day or order in the meantime. */
async function attemptTo(event: Told): Promise<boolean> {
  const orderKey = { key: `order#${event.streamId}` };
  const get = new GetCommand({ TableName, Key: orderKey, ConsistentRead: true });
  const before = { ...NONE, ...(await tables.send(get)).Item };
  if (!isNext(event, before.lastVersion)) return true;
  const { day, total } = changed(before, event);
  const orders = { OrderCreated: 1, ItemAdded: 0, OrderCancelled: -1 }[event.type];
  const order = {
    TableName,
    Item: { ...orderKey, day, total, lastVersion: event.version },
    ConditionExpression: 'attribute_not_exists(lastVersion) OR lastVersion = :before',
    ExpressionAttributeValues: { ':before': before.lastVersion },
  };
  const sum = {
    TableName,
    Key: { key: `day#${day}` },
    UpdateExpression: 'ADD orders :orders, sold :more',
    ExpressionAttributeValues: { ':orders': orders, ':more': total - before.total },
  };
  try {
    const TransactItems = [{ Put: order }, { Update: sum }];
    await tables.send(new TransactWriteCommand({ TransactItems }));
    return true;
  } catch (cause) {
    if (cause instanceof TransactionCanceledException) return false;
    throw cause;
  }
}

function changed({ day, total }: OrderRow, { type, data }: Told) {
  switch (type) {
    case 'OrderCreated':
      return { day: data.orderedAt.slice(0, 10), total };
    case 'ItemAdded':
      return { day, total: total + data.qty * data.price };
    case 'OrderCancelled':
      return { day, total: 0 };
  }
}

export interface Day {
  readonly day: string;
  readonly orders: number;
  readonly sold: number;
}

export async function days(): Promise<readonly Day[]> {
  const pages = await Array.fromAsync(paginateScan({ client: tables }, { TableName }));
  return pages
    .flatMap(({ Items = [] }) => Items)
    .filter(({ key }) => key.startsWith('day#'))
    .map(({ key, orders, sold }) => ({ day: key.slice('day#'.length), orders, sold }))
    .sort((a, b) => a.day.localeCompare(b.day));
}

export const handler = projector(apply);
