/**
 * Writes that happen together or not at all: DynamoDB's TransactWriteItems with plain values.
 *
 * Patterns add their own writes to a transaction of yours (the inbox its marker, the outbox its
 * events), so one transaction can carry both beside your items. At most 100 writes fit into one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
import {
  type DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type Attributes, toItem } from './attribute-values.ts';
import { atOnce, type Backoff } from './clock.ts';

interface Expressions {
  readonly TableName: string;
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Attributes | undefined;
}

export interface PutWrite extends Expressions {
  readonly Item: Attributes;
}

export interface KeyedWrite extends Expressions {
  readonly Key: Attributes;
}

export interface UpdateWrite extends KeyedWrite {
  readonly UpdateExpression: string;
}

export interface CheckWrite extends KeyedWrite {
  readonly ConditionExpression: string;
}

/** The four writes of TransactWriteItems, named and shaped as AWS's, with plain values. */
export interface Transaction {
  put(write: PutWrite): void;
  update(write: UpdateWrite): void;
  delete(write: KeyedWrite): void;
  check(write: CheckWrite): void;
}

/** A transaction that can be committed. */
export interface Draft extends Transaction {
  readonly items: readonly TransactWriteItem[];
}

export function draft(): Draft {
  const items: TransactWriteItem[] = [];
  return {
    items,
    put: (write) => items.push({ Put: { ...expressions(write), Item: toItem(write.Item) } }),
    update: (write) => items.push({ Update: { ...keyed(write), ...updating(write) } }),
    delete: (write) => items.push({ Delete: keyed(write) }),
    check: (write) => items.push({ ConditionCheck: { ...keyed(write), ...checking(write) } }),
  };
}

const updating = ({ UpdateExpression }: UpdateWrite) => ({ UpdateExpression });
const checking = ({ ConditionExpression }: CheckWrite) => ({ ConditionExpression });
const keyed = (write: KeyedWrite) => ({ ...expressions(write), Key: toItem(write.Key) });

function expressions(write: Expressions) {
  const { TableName, ConditionExpression, ExpressionAttributeNames } = write;
  const { ExpressionAttributeValues: values } = write;
  return {
    TableName,
    ...(ConditionExpression !== undefined && { ConditionExpression }),
    ...(ExpressionAttributeNames && { ExpressionAttributeNames }),
    ...(values && { ExpressionAttributeValues: toItem(values) }),
  };
}

export interface CommitOptions {
  /** Up to 36 characters: the same writes with the same token happen once within ten minutes. */
  readonly token?: string | undefined;
  /** Waits before a transaction that met another one is tried again. Default: at once. */
  readonly backoff?: Backoff | undefined;
}

/**
 * Commits, trying again when another transaction was at one of the items at that moment. An empty
 * draft does nothing. Throws what AWS answers, see `failedWrites`.
 */
export async function commit(
  client: DynamoDBClient,
  { items }: Draft,
  { token, backoff }: CommitOptions = {},
): Promise<void> {
  if (items.length === 0) return;
  const input = { TransactItems: [...items], ClientRequestToken: token };
  await untilAlone(() => client.send(new TransactWriteItemsCommand(input)), backoff);
}

const CONFLICT_RETRIES = 5;

/**
 * Writes again when a transaction was at the item at that moment. The SDK does not: it takes a
 * conflict for an answer.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export async function untilAlone<Answer>(
  write: () => Promise<Answer>,
  backoff: Backoff = atOnce,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (cause) {
      if (!isConflict(cause) || attempt > CONFLICT_RETRIES) throw cause;
      await backoff(attempt);
    }
  }
}

function isConflict(cause: unknown): boolean {
  if (nameOf(cause) === 'TransactionConflictException') return true;
  const reasons = new Set(reasonsOf(cause));
  reasons.delete('None');
  return reasons.size === 1 && reasons.has('TransactionConflict');
}

/** Places of the writes whose condition did not hold; empty for every other failure. */
export function failedWrites(cause: unknown): readonly number[] {
  return reasonsOf(cause).flatMap((code, at) => (code === 'ConditionalCheckFailed' ? [at] : []));
}

function reasonsOf(cause: unknown): readonly string[] {
  if (nameOf(cause) !== 'TransactionCanceledException') return [];
  const { CancellationReasons } = cause as { CancellationReasons?: readonly { Code?: string }[] };
  return (CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
}

/** Whether a single write was refused by its condition. */
export function isRefused(cause: unknown): boolean {
  return nameOf(cause) === 'ConditionalCheckFailedException';
}

/** What AWS calls the error. Not by class: an application may carry two copies of the SDK. */
export function nameOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.name : undefined;
}
