/** Cost-allocation tags; stored and answered, without any effect on messages. */
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change } from './change.ts';
import { fault, invalidParameter } from './errors.ts';
import { changedRow, findQueue, queueRows } from './queue.ts';

type Tags = Readonly<Record<string, string>>;

const MOST_TAGS = 50;

export const ListQueueTags: Operation<Sqs.Operations['ListQueueTags']> = async (call, input) => {
  const { row } = await findQueue(call, input.QueueUrl, 'sqs:ListQueueTags');
  return Object.keys(row.tags).length === 0 ? {} : { Tags: row.tags };
};

export const TagQueue: Operation<Sqs.Operations['TagQueue']> = (call, input) =>
  retag(call, input.QueueUrl, 'sqs:TagQueue', (tags) => ({ ...tags, ...input.Tags }));

export const UntagQueue: Operation<Sqs.Operations['UntagQueue']> = (call, input) =>
  retag(call, input.QueueUrl, 'sqs:UntagQueue', (tags) => {
    const gone = new Set(input.TagKeys);
    return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key)));
  });

function retag(
  call: Call,
  url: string,
  action: string,
  next: (tags: Tags) => Tags,
): Promise<Record<string, never>> {
  return change(call.stack.storage, async () => {
    const queue = await findQueue(call, url, action);
    const { partition, name, version } = queue;
    const tags = next(queue.row.tags);
    checkTags(name, tags);
    const row = changedRow(queue, { tags });
    return { writes: [queueRows(call.stack).put(partition, name, row, version)], answer: {} };
  });
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html */
export function checkTags(queueName: string, tags: Tags): void {
  const entries = Object.entries(tags);
  if (entries.length > MOST_TAGS) {
    throw fault('InvalidParameterValue', `Too many tags added for queue ${queueName}.`);
  }
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > 128) {
      throw invalidParameter('TagKey', key, 'Tag keys must be between 1 and 128 characters.');
    }
    if (value.length > 256) {
      throw invalidParameter('TagValue', value, 'Tag values must be at most 256 characters.');
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw invalidParameter('TagKey', key, 'Tag keys must not begin with the prefix aws:.');
    }
  }
}
