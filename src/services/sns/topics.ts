/**
 * Topics: created, described, changed, listed, deleted.
 */
import type { Write } from '../../storage/storage.ts';
import type { CreateTopicInput, Operations, TagList } from '../../wire/types/sns.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { checkAccess } from './access.ts';
import { archiveFor, beginningMs } from './archives.ts';
import { inRegion, readTopicArn, topicArn } from './arns.ts';
import { change, listed } from './change.ts';
import { checkDataProtectionPolicy } from './data-protection-policies.ts';
import { effectiveTopicText } from './delivery-policies.ts';
import { fault, invalid } from './errors.ts';
import { checkLargeMessages, checkTopicCount, topicsChanged } from './limits.ts';
import { ofTopic, partitionOf, storeOf, type Topic } from './store.ts';
import { forgetAbroad } from './subscriptions.ts';
import { checkTags } from './tags.ts';
import { factsOf, findTopic, isFifo, knownTopic, ownerPolicy } from './topic.ts';
import { checkAttribute, checkAttributes, withAttribute } from './topic-attributes.ts';

const STANDARD_NAME = /^[A-Za-z0-9_-]{1,256}$/;
const FIFO_NAME = /^[A-Za-z0-9_-]{1,251}\.fifo$/;

export const CreateTopic: Operation<Operations['CreateTopic']> = async (call, input) => {
  checkName(input);
  const attributes = input.Attributes ?? {};
  const setting = { fifo: isFifo({ name: input.Name }), quotas: call.stack.settings.quotas };
  checkAttributes(attributes, setting);
  checkTags(input.Tags ?? []);
  if (input.DataProtectionPolicy !== undefined) {
    checkDataProtectionPolicy(input.DataProtectionPolicy);
  }
  const { arn, isNew } = await change(call.stack, async () => {
    const address = { account: call.account, region: call.region, name: input.Name };
    const found = await findTopic(call.stack, address);
    const answer = { arn: topicArn(address), isNew: !found };
    if (found) {
      checkSame(found.topic, input);
      return { writes: [], answer };
    }
    await checkTopicCount(call, input.Name);
    return { writes: newTopic(call, address, input), answer };
  });
  if (isNew) await topicsChanged(call, input.Name, 1);
  return { TopicArn: arn };
};

function checkName({ Name: name, Attributes: attributes }: CreateTopicInput): void {
  if (attributes?.FifoTopic === 'true') {
    if (FIFO_NAME.test(name)) return;
    throw invalid(
      'Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ' +
        'ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 ' +
        'characters long.',
    );
  }
  if (!STANDARD_NAME.test(name)) throw invalid('Topic Name');
}

/** What holds and is not shown until it is set. */
const UNSHOWN_DEFAULTS: Readonly<Record<string, string>> = {
  SignatureVersion: '1',
  TracingConfig: 'PassThrough',
};

/** Only what is supplied is compared. */
function checkSame(topic: Topic, { Attributes: given = {}, Tags: tags }: CreateTopicInput): void {
  const now = { ...UNSHOWN_DEFAULTS, ...shownAttributes(topic) };
  const differs = Object.entries(given).some(
    ([name, value]) => (now[name] ?? '') !== value && !(name === 'FifoTopic' && value === 'false'),
  );
  if (differs) {
    throw invalid('Attributes Reason: Topic already exists with different attributes');
  }
  if (tags && !sameTags(topic.tags, tags)) {
    throw invalid('Tags Reason: Topic already exists with different tags');
  }
}

function sameTags(before: TagList, given: TagList): boolean {
  const sorted = (tags: TagList) =>
    JSON.stringify(tags.map(({ Key, Value }) => [Key, Value]).sort());
  return sorted(before) === sorted(given);
}

function newTopic(
  call: Call,
  address: Pick<Topic, 'account' | 'region' | 'name'>,
  input: CreateTopicInput,
): readonly Write[] {
  const { stack } = call;
  const { FifoTopic: _, ...given } = input.Attributes ?? {};
  const attributes = Object.entries(given).reduce(
    (kept, [name, value]) => withAttribute(kept, name, value),
    {} as Topic['attributes'],
  );
  const { archive, writes } = archiveFor(stack, address, undefined, attributes.ArchivePolicy);
  const topic: Topic = {
    ...address,
    attributes,
    tags: input.Tags ?? [],
    ...(input.DataProtectionPolicy !== undefined && {
      dataProtectionPolicy: input.DataProtectionPolicy,
    }),
    ...(archive && { archive }),
    createdAtMs: stack.clock.nowMs(),
  };
  return [storeOf(stack).topics.put(partitionOf(address), address.name, topic, 0), ...writes];
}

export const DeleteTopic: Operation<Operations['DeleteTopic']> = async (call, input) => {
  const address = inRegion(call, readTopicArn(input.TopicArn, 'TopicArn'), 'TopicArn');
  const gone = await change(call.stack, async () => {
    const found = await findTopic(call.stack, address);
    if (!found) return { writes: [], answer: false };
    checkAccess(call, found.topic, 'SNS:DeleteTopic');
    if (found.topic.archive) {
      // Observed: https://github.com/aws/aws-cdk/pull/37113
      throw fault('InvalidState', 'Invalid state: Cannot delete a topic with an ArchivePolicy');
    }
    const { topics } = storeOf(call.stack);
    const writes = [
      topics.remove(partitionOf(address), address.name, found.version),
      ...(await removalOfSubscriptions(call, found.topic)),
    ];
    return { writes, answer: true };
  });
  if (gone) await topicsChanged(call, address.name, -1);
  return {};
};

async function removalOfSubscriptions(call: Call, topic: Topic): Promise<readonly Write[]> {
  const { subscriptions, removed } = storeOf(call.stack);
  const partition = ofTopic(topic);
  const rows = await subscriptions.list(partition);
  const earlier = await removed.list(partition);
  return [
    ...rows.map(({ key }) => subscriptions.remove(partition, key)),
    ...rows.flatMap(({ value }) => forgetAbroad(call, value)),
    ...earlier.map(({ key }) => removed.remove(partition, key)),
  ];
}

export const SetTopicAttributes: Operation<Operations['SetTopicAttributes']> = (
  call,
  { TopicArn: arn, AttributeName: name, AttributeValue: value = '' },
) =>
  change(call.stack, async () => {
    const { stack } = call;
    const { topic, version } = await knownTopic(call, arn);
    checkAccess(call, topic, 'SNS:SetTopicAttributes');
    checkAttribute(name, value, { fifo: isFifo(topic), quotas: stack.settings.quotas });
    if (name === 'MaximumMessageSize') await checkLargeMessages(call, topic, value);
    const attributes = withAttribute(topic.attributes, name, value);
    const { archive: before, ...rest } = topic;
    const { archive, writes } =
      name === 'ArchivePolicy'
        ? archiveFor(stack, topic, before, value)
        : { archive: before, writes: [] };
    const changed = { ...rest, attributes, ...(archive && { archive }) };
    const put = storeOf(stack).topics.put(partitionOf(topic), topic.name, changed, version);
    return { writes: [put, ...writes], answer: {} };
  });

export const GetTopicAttributes: Operation<Operations['GetTopicAttributes']> = async (
  call,
  input,
) => {
  const { topic } = await knownTopic(call, input.TopicArn);
  checkAccess(call, topic, 'SNS:GetTopicAttributes');
  const { subscriptions, removed } = storeOf(call.stack);
  const rows = await subscriptions.list(ofTopic(topic));
  const confirmed = rows.filter(({ value }) => value.confirmed).length;
  const deleted = await removed.list(ofTopic(topic));
  const { archive } = topic;
  const beginsMs = archive && beginningMs(archive, call.stack.clock.nowMs());
  return {
    Attributes: {
      ...shownAttributes(topic),
      SubscriptionsConfirmed: String(confirmed),
      SubscriptionsPending: String(rows.length - confirmed),
      SubscriptionsDeleted: String(deleted.length),
      ...(beginsMs !== undefined && { BeginningArchiveTime: new Date(beginsMs).toISOString() }),
    },
  };
};

/** The attributes with their defaults, but for what has to be counted. */
function shownAttributes(topic: Topic): Readonly<Record<string, string>> {
  const { attributes } = topic;
  return {
    TopicArn: topicArn(topic),
    Owner: topic.account,
    Policy: ownerPolicy(topic),
    DisplayName: '',
    EffectiveDeliveryPolicy: effectiveTopicText(factsOf(topic).deliveryPolicy),
    ...(isFifo(topic) && {
      FifoTopic: 'true',
      ContentBasedDeduplication: 'false',
      FifoThroughputScope: 'Topic',
    }),
    ...attributes,
  };
}

export const ListTopics: Operation<Operations['ListTopics']> = async (call, input) => {
  const all = await storeOf(call.stack).topics.list(partitionOf(call));
  const page = listed(call, all, ({ key }) => key, input.NextToken);
  return {
    Topics: page.items.map(({ value }) => ({ TopicArn: topicArn(value) })),
    NextToken: page.token,
  };
};
