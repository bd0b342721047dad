/**
 * Tags of streams and consumers, in both spellings of the API: by stream and, newer, by ARN.
 * https://docs.aws.amazon.com/streams/latest/dev/tagging.html
 */
import type { Write } from '../../storage/storage.ts';
import type { Operations } from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { parseConsumerArn } from './arns.ts';
import { change } from './change.ts';
import { activeConsumer } from './consumers.ts';
import { activeStream, knownStream } from './lookup.ts';
import { partitionOf, storeOf } from './store.ts';
import { checkTags, MOST_TAGS, type Tags } from './tag-rules.ts';

interface Tagged {
  readonly tags: Tags;
  readonly put: (tags: Tags) => Write;
}

async function taggedStream(call: Call, input: Parameters<typeof knownStream>[1]) {
  const { address, row } = await activeStream(call, input);
  const { streams } = storeOf(call.stack);
  const put = (tags: Tags) =>
    streams.put(partitionOf(address), row.key, { ...row.value, tags }, row.version);
  return { tags: row.value.tags, put };
}

async function taggedResource(
  call: Call,
  input: { readonly ResourceARN: string; readonly StreamId?: string | undefined },
): Promise<Tagged> {
  const { ResourceARN: arn, StreamId } = input;
  if (!parseConsumerArn(arn)) return taggedStream(call, { StreamARN: arn, StreamId });
  const { stream, row } = await activeConsumer(call, { ConsumerARN: arn, StreamId });
  const { consumers } = storeOf(call.stack);
  const put = (tags: Tags) =>
    consumers.put(stream.row.value.id, row.key, { ...row.value, tags }, row.version);
  return { tags: row.value.tags, put };
}

function add(call: Call, find: () => Promise<Tagged>, added: Tags) {
  return change(call.stack, async () => {
    const { tags, put } = await find();
    const all = { ...tags, ...added };
    checkTags(all);
    return { writes: [put(all)], answer: {} };
  });
}

function remove(call: Call, find: () => Promise<Tagged>, keys: readonly string[]) {
  return change(call.stack, async () => {
    const { tags, put } = await find();
    const left = Object.entries(tags).filter(([key]) => !keys.includes(key));
    return { writes: [put(Object.fromEntries(left))], answer: {} };
  });
}

export const AddTagsToStream: Operation<Operations['AddTagsToStream']> = (call, input) =>
  add(call, () => taggedStream(call, input), input.Tags);

export const RemoveTagsFromStream: Operation<Operations['RemoveTagsFromStream']> = (call, input) =>
  remove(call, () => taggedStream(call, input), input.TagKeys);

export const TagResource: Operation<Operations['TagResource']> = (call, input) =>
  add(call, () => taggedResource(call, input), input.Tags);

export const UntagResource: Operation<Operations['UntagResource']> = (call, input) =>
  remove(call, () => taggedResource(call, input), input.TagKeys);

export const ListTagsForResource: Operation<Operations['ListTagsForResource']> = async (
  call,
  input,
) => ({ Tags: listOf((await taggedResource(call, input)).tags) });

export const ListTagsForStream: Operation<Operations['ListTagsForStream']> = async (
  call,
  input,
) => {
  const { row } = await knownStream(call, input);
  const { ExclusiveStartTagKey: after = '', Limit: limit = MOST_TAGS } = input;
  const all = listOf(row.value.tags).filter(({ Key }) => Key > after);
  return { Tags: all.slice(0, limit), HasMoreTags: all.length > limit };
};

function listOf(tags: Tags) {
  const pairs = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.map(([Key, Value]) => ({ Key, Value }));
}
