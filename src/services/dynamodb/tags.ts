/**
 * Tags of tables.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
 */
import { parseArn } from '../../core/arn.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Operations } from '../../wire/types/dynamodb.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change } from './change.ts';
import { fault, invalid } from './errors.ts';
import { addressOf, tableFor } from './lookup.ts';
import { partitionOf, storeOf, type TableRecord } from './store.ts';
import { readTags, type Tags } from './tag-rules.ts';

async function tagged(call: Call, arn: string): Promise<Stored<TableRecord>> {
  if (parseArn(arn)?.service !== 'dynamodb') throw invalid(`Invalid TableArn: ${arn}`);
  const table = await tableFor(call, addressOf(call, arn));
  if (table) return table;
  const message = `Requested resource not found: ResourcArn: ${arn} not found`;
  throw fault('ResourceNotFoundException', message);
}

function retagged(call: Call, arn: string, retag: (before: Tags) => Tags) {
  return change(call.stack, async () => {
    const { value, version } = await tagged(call, arn);
    const { tables } = storeOf(call.stack);
    const table = { ...value, tags: retag(value.tags) };
    return { writes: [tables.put(partitionOf(value), value.name, table, version)], answer: {} };
  });
}

export const TagResource: Operation<Operations['TagResource']> = (call, input) =>
  retagged(call, input.ResourceArn, (before) => readTags(input.Tags, before));

export const UntagResource: Operation<Operations['UntagResource']> = (call, input) =>
  retagged(call, input.ResourceArn, (before) =>
    Object.fromEntries(Object.entries(before).filter(([name]) => !input.TagKeys.includes(name))),
  );

export const ListTagsOfResource: Operation<Operations['ListTagsOfResource']> = async (
  call,
  input,
) => {
  const { value } = await tagged(call, input.ResourceArn);
  return { Tags: Object.entries(value.tags).map(([Key, Value]) => ({ Key, Value })) };
};
