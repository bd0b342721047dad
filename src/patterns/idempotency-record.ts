/**
 * Records of what was handled already, in DynamoDB.
 *
 * The layout is that of Powertools for AWS Lambda (attributes `id`, `status`, `expiration` in
 * seconds, `in_progress_expiration` in milliseconds, `data`, `validation`), so a table may be
 * shared with functions that use it, and `powertoolsKey` gives the id it gives.
 * https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/
 *
 * A record is INPROGRESS while a run works, COMPLETED with its result afterwards, and EXPIRED
 * (whatever it says) once `expiration` is past, even while DynamoDB has not deleted it yet.
 */
import { createHash } from 'node:crypto';
import {
  type ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { fromItem, type Image, toItem } from './attribute-values.ts';
import { type Clock, epochSeconds } from './clock.ts';
import { isRefused, untilAlone } from './transaction.ts';

export interface IdempotencyRecord {
  readonly id: string;
  readonly status: 'INPROGRESS' | 'COMPLETED' | 'EXPIRED';
  /** Epoch seconds; the table's time-to-live attribute. */
  readonly expiration: number;
  /** Epoch milliseconds; from then on a run is taken for dead, and another may begin. */
  readonly in_progress_expiration?: number;
  readonly data?: unknown;
  readonly validation?: string;
}

export interface TableOptions {
  readonly client: DynamoDBClient;
  /** A table whose partition key is the string `id`; time to live on `expiration`. */
  readonly table: string;
  readonly clock: Clock;
}

/** Holds when there is no record in the way: none at all, an expired one, a dead run's. */
export const FREE =
  'attribute_not_exists(#id) OR #expiration < :now OR (#status = :inprogress AND ' +
  'attribute_exists(#in_progress) AND #in_progress < :nowMs)';

export const FREE_NAMES = {
  '#id': 'id',
  '#expiration': 'expiration',
  '#status': 'status',
  '#in_progress': 'in_progress_expiration',
};

export const freeValues = (nowMs: number) => ({
  ':now': nowMs / 1000,
  ':nowMs': nowMs,
  ':inprogress': 'INPROGRESS',
});

/** Writes the record if nothing is in the way; else answers what is. */
export async function claim(
  { client, table, clock }: TableOptions,
  record: IdempotencyRecord,
): Promise<IdempotencyRecord | undefined> {
  try {
    const put = new PutItemCommand({
      TableName: table,
      Item: toItem(record),
      ConditionExpression: FREE,
      ExpressionAttributeNames: FREE_NAMES,
      ExpressionAttributeValues: toItem(freeValues(clock.now())),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await untilAlone(() => client.send(put));
    return undefined;
  } catch (cause) {
    if (!isRefused(cause)) throw cause;
    const { Item } = cause as ConditionalCheckFailedException;
    if (!Item) throw cause;
    return recordOf(Item);
  }
}

/** The run's end, if the record is still this run's: one that overstayed may have lost it. */
export async function complete(
  { client, table }: TableOptions,
  claimed: IdempotencyRecord,
  result: unknown,
  expiresAtMs: number,
): Promise<void> {
  const values = {
    ':completed': 'COMPLETED',
    ':expiration': epochSeconds(expiresAtMs),
    ':data': result,
  };
  const data = result === undefined ? '' : ', #data = :data';
  const update = new UpdateItemCommand({
    TableName: table,
    Key: toItem({ id: claimed.id }),
    UpdateExpression: `SET #status = :completed, #expiration = :expiration${data}`,
    ConditionExpression: OURS,
    ExpressionAttributeNames: {
      ...OURS_NAMES,
      '#expiration': 'expiration',
      ...(data && { '#data': 'data' }),
    },
    ExpressionAttributeValues: toItem({ ...values, ...oursValues(claimed) }),
  });
  await client.send(update).catch(unlessLost);
}

/** Takes the record back after a failure, so that a retry runs again. */
export async function release(
  { client, table }: TableOptions,
  claimed: IdempotencyRecord,
): Promise<void> {
  const remove = new DeleteItemCommand({
    TableName: table,
    Key: toItem({ id: claimed.id }),
    ConditionExpression: OURS,
    ExpressionAttributeNames: OURS_NAMES,
    ExpressionAttributeValues: toItem(oursValues(claimed)),
  });
  await client.send(remove).catch(unlessLost);
}

const OURS = '#status = :inprogress AND #in_progress = :mine';
const OURS_NAMES = { '#status': 'status', '#in_progress': 'in_progress_expiration' };
const oursValues = ({ in_progress_expiration: mine }: IdempotencyRecord) => ({
  ':inprogress': 'INPROGRESS',
  ':mine': mine,
});

function unlessLost(cause: unknown): void {
  if (!isRefused(cause)) throw cause;
}

/** The record as it stands, expired ones included. */
export async function readRecord(
  { client, table }: TableOptions,
  id: string,
): Promise<IdempotencyRecord | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: toItem({ id }), ConsistentRead: true }),
  );
  return Item && recordOf(Item);
}

function recordOf(item: Image): IdempotencyRecord {
  return fromItem(item) as unknown as IdempotencyRecord;
}

/** The id under which Powertools keeps `payload` for the prefix that it is given (`keyPrefix`). */
export function powertoolsKey(prefix: string, payload: unknown): string {
  return `${prefix}#${payloadHash(payload)}`;
}

/** MD5 of the JSON with sorted members: what Powertools compares payloads by. No secret. */
export function payloadHash(payload: unknown): string {
  // What JSON has no word for counts as null, where Powertools would fail.
  const text = JSON.stringify(sorted(payload)) ?? 'null';
  return createHash('md5').update(text).digest('base64');
}

/** Members by name, case aside, as Powertools sorts them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const order = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => order(a, b))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
