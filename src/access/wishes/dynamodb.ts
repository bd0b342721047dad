/**
 * DynamoDB: each table and index that a request touches, and for transactions what is done there.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
import { parseStatement, type Statement } from '../../expressions/partiql.ts';
import type { Wish } from '../evaluate.ts';
import { EVERYTHING, type Input, itself, named, nameOrArn, objects, type Wishes } from './wish.ts';

const byTable = nameOrArn('dynamodb', 'table/');
const TABLE = {
  TableName: byTable,
  TableArn: itself('dynamodb'),
  SourceTableName: byTable,
  SourceTableArn: itself('dynamodb'),
  TargetTableName: byTable,
  GlobalTableName: nameOrArn('dynamodb', 'global-table/'),
  BackupArn: itself('dynamodb'),
  ExportArn: itself('dynamodb'),
  ImportArn: itself('dynamodb'),
  ResourceArn: itself('dynamodb'),
};

/** Operations whose input names its tables by the names of members. */
const BY_KEYS = new Set(['BatchGetItem', 'BatchWriteItem']);

const TRANSACTED: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

const STATED = {
  select: 'PartiQLSelect',
  exists: 'PartiQLSelect',
  insert: 'PartiQLInsert',
  update: 'PartiQLUpdate',
  delete: 'PartiQLDelete',
} as const;

export const dynamodbWishes: Wishes = (operation, input, place) => {
  const action = `dynamodb:${operation}`;
  const arnOfTable = (name: string) => byTable(name, place, input) ?? EVERYTHING;
  if (BY_KEYS.has(operation)) {
    return Object.keys(input.RequestItems ?? {}).map((name) => ({
      action,
      resource: arnOfTable(name),
    }));
  }
  if (operation.startsWith('Transact')) return transacted(input, arnOfTable);
  const statements = statementsOf(operation, input);
  if (statements) return statements.map((one) => stated(one, arnOfTable));
  const { IndexName: index } = input;
  const wishes = named(action, TABLE, input, place);
  if (typeof index !== 'string') return wishes;
  return wishes.map((wish) => ({ ...wish, resource: `${wish.resource}/index/${index}` }));
};

function transacted(input: Input, arnOfTable: (name: string) => string): readonly Wish[] {
  return objects(input.TransactItems).flatMap((item) =>
    Object.entries(item).flatMap(([kind, what]) => {
      const action = TRANSACTED[kind];
      if (action === undefined || typeof what !== 'object' || what === null) return [];
      const { TableName: name } = what as Input;
      return [{ action: `dynamodb:${action}`, resource: arnOfTable(String(name)) }];
    }),
  );
}

function statementsOf(operation: string, input: Input): readonly Input[] | undefined {
  if (operation === 'ExecuteStatement') return [input];
  if (operation === 'BatchExecuteStatement') return objects(input.Statements);
  return operation === 'ExecuteTransaction' ? objects(input.TransactStatements) : undefined;
}

/** A statement that cannot be read is refused by the operation, if the caller may do anything. */
function stated(one: Input, arnOfTable: (name: string) => string): Wish {
  const statement = read(one);
  if (!statement) return { action: 'dynamodb:PartiQLSelect', resource: EVERYTHING };
  const select = statement.kind === 'exists' ? statement.select : statement;
  const index = select.kind === 'select' && select.index ? `/index/${select.index}` : '';
  const action = `dynamodb:${STATED[statement.kind]}`;
  return { action, resource: arnOfTable(select.table) + index };
}

function read({ Statement: text, Parameters: parameters }: Input): Statement | undefined {
  try {
    const values = Array.isArray(parameters) ? parameters : [];
    return parseStatement(String(text), values);
  } catch {
    return undefined;
  }
}
