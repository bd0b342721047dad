/** A customer's orders: a table, keyed by what is asked for. */
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Told } from './order.ts';
import { isNext, projector } from './projector.ts';

export interface MyOrder {
  readonly customerId: string;
  readonly orderId: string;
  readonly status: string;
  readonly currency: string;
  readonly total: number;
  readonly items: number;
  readonly lastVersion: number;
}

export const TableName = 'c06-my-orders';
const tables = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function apply(event: Told): Promise<void> {
  const { streamId: orderId, version, data } = event;
  const { set, names, values } = change(event);
  const command = new UpdateCommand({
    TableName,
    Key: { customerId: data.customerId, orderId },
    UpdateExpression: `SET lastVersion = :version, ${set}`,
    ConditionExpression:
      version === 1 ? 'attribute_not_exists(lastVersion)' : 'lastVersion = :before',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: {
      ...values,
      ':version': version,
      ...(version > 1 && { ':before': version - 1 }),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await tables.send(command).catch((cause) => {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
    isNext(event, Number(cause.Item?.lastVersion?.N ?? 0));
  });
}

/** Names with a # would be words of DynamoDB's own without it. */
function change({ type, data }: Told) {
  switch (type) {
    case 'OrderCreated':
      return {
        set: '#status = :open, currency = :currency, #total = :zero, #items = :zero',
        names: { '#status': 'status', '#total': 'total', '#items': 'items' },
        values: { ':open': 'OPEN', ':currency': data.currency, ':zero': 0 },
      };
    case 'ItemAdded':
      return {
        set: '#total = #total + :price, #items = #items + :qty',
        names: { '#total': 'total', '#items': 'items' },
        values: { ':price': data.qty * data.price, ':qty': data.qty },
      };
    case 'OrderCancelled':
      return {
        set: '#status = :cancelled',
        names: { '#status': 'status' },
        values: { ':cancelled': 'CANCELLED' },
      };
  }
}

export async function ordersOf(customerId: string): Promise<readonly MyOrder[]> {
  const question = {
    TableName,
    KeyConditionExpression: 'customerId = :customer',
    ExpressionAttributeValues: { ':customer': customerId },
  };
  const pages = await Array.fromAsync(paginateQuery({ client: tables }, question));
  return pages.flatMap(({ Items = [] }) => Items as MyOrder[]);
}

export async function orderOf(customerId: string, orderId: string): Promise<MyOrder | undefined> {
  const Key = { customerId, orderId };
  return (await tables.send(new GetCommand({ TableName, Key }))).Item as MyOrder | undefined;
}

export const handler = projector(apply);
