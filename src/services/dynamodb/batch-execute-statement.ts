/**
 * BatchExecuteStatement: up to 25 PartiQL statements, each for itself.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */

import { AwsError } from '../../core/errors.ts';
import { parseStatement, type Statement } from '../../expressions/partiql.ts';
import type {
  BatchStatementError,
  BatchStatementErrorCodeEnum,
  BatchStatementRequest,
  BatchStatementResponse,
  Operations,
} from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type Consumption, consumedByTable, readUnits } from './capacity.ts';
import { invalid } from './errors.ts';
import { currentTable } from './lookup.ts';
import { columnsIn, placeMeant } from './selecting.ts';
import { changeOf } from './statement-changes.ts';
import { storedItem } from './stored-items.ts';
import { checkCapacity, takeCapacity } from './throttling.ts';
import { returnedOf } from './update-item.ts';
import { writeItem, writerOf } from './write-item.ts';

interface Done {
  readonly response: BatchStatementResponse;
  readonly consumption?: Consumption;
}

export const BatchExecuteStatement: Operation<Operations['BatchExecuteStatement']> = async (
  call,
  { Statements: requests, ReturnConsumedCapacity: asked },
) => {
  const done = await Promise.all(requests.map((request) => executeOne(call, request)));
  const consumptions = done.flatMap(({ consumption }) => consumption ?? []);
  return {
    Responses: done.map(({ response }) => response),
    ...consumedByTable(asked, consumptions),
  };
};

async function executeOne(call: Call, request: BatchStatementRequest): Promise<Done> {
  let statement: Statement | undefined;
  try {
    statement = parseStatement(request.Statement, request.Parameters);
    return await execute(call, statement, request);
  } catch (cause) {
    const TableName = statement && 'table' in statement ? statement.table : undefined;
    return { response: { Error: errorOf(cause), ...(TableName !== undefined && { TableName }) } };
  }
}

async function execute(
  call: Call,
  statement: Statement,
  request: BatchStatementRequest,
): Promise<Done> {
  if (statement.kind === 'exists') throw invalid('EXISTS is only supported in transactions');
  if (statement.kind === 'select') {
    const { table, key } = await placeMeant(call, statement, 'BatchExecuteStatement');
    checkCapacity(call.stack, table, 'read');
    const found = await storedItem(call.stack, table, key);
    const Item = found && columnsIn(statement, found.item());
    const units = readUnits(found?.bytes ?? 0, request.ConsistentRead ?? false);
    takeCapacity(call.stack, 'read', { table, units });
    const response = { TableName: table.name, ...(Item && { Item }) };
    return { response, consumption: { table, units } };
  }
  const action = await changeOf(call, statement, request);
  const { table, returning, changed } = action;
  const standing = await currentTable(call.stack, table);
  const written = await writeItem(writerOf(call), standing, action);
  const Item = returnedOf(returning, written, changed);
  const { units, indexUnits } = written;
  const response = { TableName: table.name, ...(Item && { Item }) };
  return { response, consumption: { table, units, indexUnits } };
}

const CODES: Readonly<Record<string, BatchStatementErrorCodeEnum>> = {
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  ValidationException: 'ValidationError',
  ProvisionedThroughputExceededException: 'ProvisionedThroughputExceeded',
  ThrottlingException: 'ThrottlingError',
  ItemCollectionSizeLimitExceededException: 'ItemCollectionSizeLimitExceeded',
  TransactionConflictException: 'TransactionConflict',
  ResourceNotFoundException: 'ResourceNotFound',
  AccessDeniedException: 'AccessDenied',
  DuplicateItemException: 'DuplicateItem',
};

function errorOf(cause: unknown): BatchStatementError {
  if (!(cause instanceof AwsError)) throw cause;
  const Code = CODES[cause.code];
  if (!Code) throw cause;
  return { ...cause.fields, Code, Message: cause.message };
}
