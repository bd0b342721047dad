/** Tags of buses and rules. */
import type { Operations, TagList } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { busArn, parseBusArn, parseRuleArn } from './arns.ts';
import { knownBus, putBus } from './buses.ts';
import { change } from './change.ts';
import { fault } from './errors.ts';
import { knownRule, putRule, refuseManaged } from './rules.ts';

/** Most tags of one resource. */
const MOST_TAGS = 50;

export const TagResource: Operation<Operations['TagResource']> = (call, input) =>
  changeTags(call, input.ResourceARN, (tags) => {
    const given = new Map(input.Tags.map(({ Key, Value }) => [Key, Value]));
    if (given.size < input.Tags.length) {
      throw fault('ValidationException', 'Duplicate keys are not allowed in Tags.');
    }
    const kept = tags.filter(({ Key }) => !given.has(Key));
    const tagged = [...kept, ...input.Tags];
    if (tagged.length > MOST_TAGS) {
      const message = `A resource has at most ${MOST_TAGS} tags.`;
      throw fault('ValidationException', message);
    }
    return tagged;
  });

export const UntagResource: Operation<Operations['UntagResource']> = (call, input) =>
  changeTags(call, input.ResourceARN, (tags) =>
    tags.filter(({ Key }) => !input.TagKeys.includes(Key)),
  );

export const ListTagsForResource: Operation<Operations['ListTagsForResource']> = async (
  call,
  input,
) => {
  const { tags } = await tagged(call, input.ResourceARN);
  return { Tags: tags };
};

function changeTags(call: Call, arn: string, revise: (tags: TagList) => TagList) {
  return change(call.stack, async () => {
    const { tags, put } = await tagged(call, arn);
    return { writes: [put(revise(tags))], answer: {} };
  });
}

/** The tags of the resource, and the write that replaces them. */
async function tagged(call: Call, arn: string) {
  const named = parseRuleArn(arn);
  if (named) {
    const { bus, rule } = named;

    const found = await knownRule(call, rule, busArn(bus));
    const put = (tags: TagList) => {
      refuseManaged(found.rule);
      return putRule(call, found.bus, { ...found.rule, tags }, found.version);
    };
    return { tags: found.rule.tags, put };
  }
  if (!parseBusArn(arn)) {
    const reason = 'Provided Arn is not in correct format.';
    throw fault('ValidationException', `Parameter ${arn} is not valid. Reason: ${reason}`);
  }
  const found = await knownBus(call, arn);
  const put = (tags: TagList) =>
    putBus(call.stack, found.address, { ...found.bus, tags }, found.version);
  return { tags: found.bus.tags, put };
}
