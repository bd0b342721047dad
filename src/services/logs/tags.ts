/** Tags of log groups, in both spellings of the API: by ARN and, older, by name. */
import type { Operations } from '../../wire/types/logs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { fault } from './errors.ts';
import { changeGroup, knownGroup } from './log-groups.ts';

const MOST_TAGS = 50;

export const TagResource: Operation<Operations['TagResource']> = (call, input) =>
  tag(call, input.resourceArn, input.tags);

export const TagLogGroup: Operation<Operations['TagLogGroup']> = (call, input) =>
  tag(call, input.logGroupName, input.tags);

export const UntagResource: Operation<Operations['UntagResource']> = (call, input) =>
  untag(call, input.resourceArn, input.tagKeys);

export const UntagLogGroup: Operation<Operations['UntagLogGroup']> = (call, input) =>
  untag(call, input.logGroupName, input.tags);

export const ListTagsForResource: Operation<Operations['ListTagsForResource']> = async (
  call,
  input,
) => ({ tags: (await knownGroup(call, input.resourceArn)).group.tags });

export const ListTagsLogGroup: Operation<Operations['ListTagsLogGroup']> = async (call, input) => ({
  tags: (await knownGroup(call, input.logGroupName)).group.tags,
});

function tag(call: Call, nameOrArn: string, added: Readonly<Record<string, string>>) {
  return changeGroup(call, nameOrArn, (group) => {
    const tags = { ...group.tags, ...added };
    if (Object.keys(tags).length > MOST_TAGS) {
      const message = `A log group has at most ${MOST_TAGS} tags.`;
      throw fault('TooManyTagsException', message);
    }
    return { ...group, tags };
  });
}

function untag(call: Call, nameOrArn: string, keys: readonly string[]) {
  return changeGroup(call, nameOrArn, (group) => {
    const left = Object.entries(group.tags).filter(([key]) => !keys.includes(key));
    return { ...group, tags: Object.fromEntries(left) };
  });
}
