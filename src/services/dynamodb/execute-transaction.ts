/**
 * ExecuteTransaction: up to 100 PartiQL statements, all of which read, or all of which write.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
 */
import { parseStatement, type Select, type Statement } from '../../expressions/partiql.ts';
import type {
  ExecuteTransactionInput,
  ExecuteTransactionOutput,
  Operations,
} from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type Consumption, consumedByTable, readUnits } from './capacity.ts';
import { invalid } from './errors.ts';
import { itemsAtOnce } from './items-at-once.ts';
import { columnsIn, placeMeant } from './selecting.ts';
import { type Changing, changeOf } from './statement-changes.ts';
import { checkCapacity, takeCapacity } from './throttling.ts';
import { transact } from './transacting.ts';

export const ExecuteTransaction: Operation<Operations['ExecuteTransaction']> = async (
  call,
  input,
) => {
  const statements = input.TransactStatements.map(({ Statement: text, Parameters }) =>
    parseStatement(text, Parameters),
  );
  const reading = statements.filter(isSelect);
  if (reading.length === statements.length) return read(call, reading, input);
  if (reading.length === 0) return write(call, statements.filter(isChanging), input);
  throw invalid('A transaction must consist of reads or of writes, not of both');
};

function isSelect(statement: Statement): statement is Select {
  return statement.kind === 'select';
}

function isChanging(statement: Statement): statement is Changing {
  return statement.kind !== 'select';
}

async function read(
  call: Call,
  statements: readonly Select[],
  { ReturnConsumedCapacity: asked }: ExecuteTransactionInput,
): Promise<ExecuteTransactionOutput> {
  const places = await Promise.all(
    statements.map((statement) => placeMeant(call, statement, 'ExecuteTransaction')),
  );
  for (const { table } of places) checkCapacity(call.stack, table, 'read');
  const found = await itemsAtOnce(call.stack, places);
  const consumptions = places.map(({ table }, at): Consumption => {
    return { table, units: 2 * readUnits(found[at]?.bytes ?? 0, true), transaction: 'read' };
  });
  for (const one of consumptions) takeCapacity(call.stack, 'read', one);
  return {
    Responses: found.map((item, at) => {
      const statement = statements[at];
      return item && statement ? { Item: columnsIn(statement, item.item()) } : {};
    }),
    ...consumedByTable(asked, consumptions),
  };
}

async function write(
  call: Call,
  statements: readonly Changing[],
  input: ExecuteTransactionInput,
): Promise<ExecuteTransactionOutput> {
  const { TransactStatements: content, ClientRequestToken: token } = input;
  const actions = await Promise.all(
    statements.map((statement, at) => changeOf(call, statement, content[at] ?? {})),
  );
  const consumptions = await transact(call, actions, { token, content });
  return {
    Responses: statements.map(() => ({})),
    ...consumedByTable(input.ReturnConsumedCapacity, consumptions),
  };
}
