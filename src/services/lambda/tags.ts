/**
 * Tags of functions. What else of Lambda's has tags keeps them itself.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
 */
import type { Operations, Tags } from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { addressed } from './access.ts';
import { parseFunctionArn } from './arns.ts';
import { change } from './change.ts';
import { invalid, notBuilt } from './errors.ts';
import { type Found, knownFunction } from './lookup.ts';
import { partitionOf, storeOf } from './store.ts';

const MOST_TAGS = 50;

/** Refuses tags that no function may have. */
export function checkTags(tags: Tags): void {
  const names = Object.keys(tags);
  if (names.length > MOST_TAGS) throw invalid('Number of tags exceeds resource tag limit.');
  if (names.some((name) => /^aws:/i.test(name))) {
    throw invalid('Tag keys that begin with aws: are reserved for AWS.');
  }
}

async function tagged(call: Call, arn: string): Promise<Found> {
  const address = parseFunctionArn(arn);
  if (!address) throw notBuilt(`tags of ${arn}`);
  if (address.qualifier !== undefined) {
    throw invalid(
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    );
  }
  return knownFunction(call.stack, await addressed(call, { FunctionName: arn }));
}

function retagged(call: Call, arn: string, retag: (tags: Tags) => Tags) {
  return change(call.stack, async () => {
    const { address, record } = await tagged(call, arn);
    const changed = { ...record.value, tags: retag({ ...record.value.tags }) };
    const { functions } = storeOf(call.stack);
    const put = functions.put(partitionOf(address), address.name, changed, record.version);
    return { writes: [put], answer: {} };
  });
}

export const TagResource: Operation<Operations['TagResource']> = (call, input) =>
  retagged(call, input.Resource, (before) => {
    const tags = { ...before, ...input.Tags };
    checkTags(tags);
    return tags;
  });

export const UntagResource: Operation<Operations['UntagResource']> = (call, input) =>
  retagged(call, input.Resource, (before) =>
    Object.fromEntries(Object.entries(before).filter(([name]) => !input.TagKeys.includes(name))),
  );

export const ListTags: Operation<Operations['ListTags']> = async (call, input) => ({
  Tags: { ...(await tagged(call, input.Resource)).record.value.tags },
});
