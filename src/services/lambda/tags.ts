/**
 * Tags of functions and of event source mappings.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
 */
import { parseArn } from '../../core/arn.ts';
import type { Write } from '../../storage/storage.ts';
import type { Operations, Tags } from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { addressed } from './access.ts';
import { parseFunctionArn } from './arns.ts';
import { change } from './change.ts';
import { invalid, missing, notBuilt } from './errors.ts';
import { knownFunction } from './lookup.ts';
import { mappingsOf } from './mapping.ts';
import { partitionOf, storeOf } from './store.ts';

const MOST_TAGS = 50;

/** Refuses tags that nothing may have. */
export function checkTags(tags: Tags): void {
  const names = Object.keys(tags);
  if (names.length > MOST_TAGS) throw invalid('Number of tags exceeds resource tag limit.');
  if (names.some((name) => /^aws:/i.test(name))) {
    throw invalid('Tag keys that begin with aws: are reserved for AWS.');
  }
}

interface Tagged {
  readonly tags: Tags;
  readonly put: (tags: Tags) => Write;
}

async function tagged(call: Call, arn: string): Promise<Tagged> {
  const address = parseFunctionArn(arn);
  if (!address) return taggedMapping(call, arn);
  if (address.qualifier !== undefined) {
    throw invalid(
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    );
  }
  await addressed(call, { FunctionName: arn });
  const { value, version } = (await knownFunction(call.stack, address)).record;
  const { functions } = storeOf(call.stack);
  const put = (tags: Tags) =>
    functions.put(partitionOf(address), address.name, { ...value, tags }, version);
  return { tags: { ...value.tags }, put };
}

/** Of an event source mapping; nothing else that is built has tags. */
async function taggedMapping(call: Call, arn: string): Promise<Tagged> {
  const { account, region, resource = '' } = parseArn(arn) ?? {};
  const [kind, uuid = ''] = resource.split(':');
  if (kind !== 'event-source-mapping') throw notBuilt(`tags of a ${kind}`);
  const partition = partitionOf(call);
  const { rows } = mappingsOf(call.stack);
  const isHere = account === call.account && region === call.region;
  const row = isHere ? await rows.get(partition, uuid) : undefined;
  if (!row) throw missing('The resource you requested does not exist.');
  const { value, version } = row;
  const put = (tags: Tags) => rows.put(partition, uuid, { ...value, tags }, version);
  return { tags: { ...value.tags }, put };
}

function retagged(call: Call, arn: string, retag: (tags: Tags) => Tags) {
  return change(call.stack, async () => {
    const { tags, put } = await tagged(call, arn);
    return { writes: [put(retag(tags))], answer: {} };
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
  Tags: (await tagged(call, input.Resource)).tags,
});
