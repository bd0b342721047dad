/**
 * Tags of topics.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-tags.html
 */
import type { Operations, TagList } from '../../wire/types/sns.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { checkAccess } from './access.ts';
import { inRegion, readTopicArn } from './arns.ts';
import { change } from './change.ts';
import { fault, invalid } from './errors.ts';
import { partitionOf, storeOf, type Topic } from './store.ts';
import { findTopic, type KnownTopic } from './topic.ts';

const MOST_TAGS = 50;

/** Refuses tags that no topic may have. */
export function checkTags(tags: TagList): void {
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalid('Duplicated keys are not allowed.');
  }
  if (tags.some(({ Key }) => /^aws:/i.test(Key))) {
    throw invalid('Tags Reason: keys that begin with aws: are reserved');
  }
  if (tags.length > MOST_TAGS) {
    const message = 'Could not complete request: tag quota of per resource exceeded';
    throw fault('TagLimitExceeded', message);
  }
}

async function tagged(call: Call, arn: string): Promise<KnownTopic> {
  const address = inRegion(call, readTopicArn(arn, 'ResourceArn'), 'ResourceArn');
  const found = await findTopic(call.stack, address);
  if (!found) throw fault('ResourceNotFound', 'Resource does not exist');
  checkAccess(call, found.topic, `SNS:${call.operation}`);
  return found;
}

async function retagged(call: Call, arn: string, retag: (tags: TagList) => TagList) {
  return change(call.stack, async () => {
    const { topic, version } = await tagged(call, arn);
    const changed: Topic = { ...topic, tags: retag(topic.tags) };
    const { topics } = storeOf(call.stack);
    const put = topics.put(partitionOf(topic), topic.name, changed, version);
    return { writes: [put], answer: {} };
  });
}

export const TagResource: Operation<Operations['TagResource']> = (call, { ResourceArn, Tags }) => {
  checkTags(Tags);
  return retagged(call, ResourceArn, (before) => {
    const kept = before.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key));
    const tags = [...kept, ...Tags];
    checkTags(tags);
    return tags;
  });
};

export const UntagResource: Operation<Operations['UntagResource']> = (call, input) =>
  retagged(call, input.ResourceArn, (before) =>
    before.filter(({ Key }) => !input.TagKeys.includes(Key)),
  );

export const ListTagsForResource: Operation<Operations['ListTagsForResource']> = async (
  call,
  input,
) => ({ Tags: (await tagged(call, input.ResourceArn)).topic.tags });
