/**
 * ExecuteStatement: one PartiQL statement.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
 */

import { createHash } from 'node:crypto';
import { parseStatement, type Select } from '../../expressions/partiql.ts';
import type {
  ExecuteStatementInput,
  ExecuteStatementOutput,
  Operations,
} from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { consumed } from './capacity.ts';
import { invalid } from './errors.ts';
import { inBase64 } from './item-text.ts';
import { currentTable } from './lookup.ts';
import { consumption, lastKey } from './reading.ts';
import { columnsIn, type Position, select } from './selecting.ts';
import { type Changing, changeOf } from './statement-changes.ts';
import { returnedOf } from './update-item.ts';
import { writeItem, writerOf } from './write-item.ts';

export const ExecuteStatement: Operation<Operations['ExecuteStatement']> = async (call, input) => {
  const statement = parseStatement(input.Statement, input.Parameters);
  if (statement.kind === 'select') return selected(call, statement, input);
  if (statement.kind === 'exists') {
    throw invalid('EXISTS is only supported in transactions');
  }
  return changed(call, statement, input);
};

async function selected(
  call: Call,
  statement: Select,
  input: ExecuteStatementInput,
): Promise<ExecuteStatementOutput> {
  const { Limit: limit, ConsistentRead: isConsistent } = input;
  const from = positionIn(input);
  const { table, index, page, next } = await select(call, statement, { limit, isConsistent, from });
  return {
    Items: page.items.map((found) => columnsIn(statement, found.item())),
    ...(next && { NextToken: tokenOf(input, next) }),
    ...(page.last && { LastEvaluatedKey: lastKey(table, index, page.last) }),
    ...consumption(input, table, index, page),
  };
}

async function changed(
  call: Call,
  statement: Changing,
  input: ExecuteStatementInput,
): Promise<ExecuteStatementOutput> {
  const action = await changeOf(call, statement, input);
  const { table, returning } = action;
  const standing = await currentTable(call.stack, table);
  const written = await writeItem(writerOf(call), standing, action);
  const attributes = returnedOf(returning, written, action.changed);
  const { units, indexUnits } = written;
  return {
    Items: attributes ? [attributes] : [],
    ...consumed(input.ReturnConsumedCapacity, { table, units, indexUnits }),
  };
}

/** A token is good for the statement that it came from. */
function tokenOf(input: ExecuteStatementInput, { stretch, after }: Position): string {
  return Buffer.from(JSON.stringify([digestOf(input), stretch, after])).toString('base64url');
}

function positionIn(input: ExecuteStatementInput): Position {
  if (input.NextToken === undefined) return { stretch: 0 };
  try {
    const text = Buffer.from(input.NextToken, 'base64url').toString();
    const [digest, stretch, after] = JSON.parse(text);
    const isOurs = digest === digestOf(input) && Number.isInteger(stretch);
    if (isOurs) return { stretch, ...(typeof after === 'string' && { after }) };
  } catch {
    // Whatever cannot be read was not written here.
  }
  throw invalid('Given pagination token is not valid');
}

function digestOf({ Statement, Parameters }: ExecuteStatementInput): string {
  const text = JSON.stringify([Statement, Parameters], inBase64);
  return createHash('sha256').update(text).digest('base64url');
}
