/**
 * TransactWriteItems: up to 100 writes and checks, all of them or none.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
import type { Operations } from '../../wire/types/dynamodb.ts';
import type { Operation } from '../service.ts';
import { consumedByTable } from './capacity.ts';
import { collectionMetrics, metricsByTable } from './item-collections.ts';
import { tableFinder } from './lookup.ts';
import { readAction } from './transact-actions.ts';
import { transact } from './transacting.ts';

export const TransactWriteItems: Operation<Operations['TransactWriteItems']> = async (
  call,
  input,
) => {
  const { TransactItems: content, ClientRequestToken: token } = input;
  const find = tableFinder(call);
  const actions = await Promise.all(content.map((item) => readAction(find, item)));
  const consumptions = await transact(call, actions, { token, content });
  const writing = actions.filter(({ checksOnly }) => !checksOnly);
  const asked = input.ReturnItemCollectionMetrics;
  return {
    ...consumedByTable(input.ReturnConsumedCapacity, consumptions),
    ...metricsByTable(
      writing.map(({ table, given }) => [
        table.name,
        collectionMetrics(call.stack, asked, table, given),
      ]),
    ),
  };
};
