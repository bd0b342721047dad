/**
 * SNS as a receiver: what it means that a service, such as a rule of EventBridge, publishes to a
 * topic. The fan-out is part of the hand-over, so the event and all that follows from it inside
 * this server are one commit.
 */
import { AwsError } from '../../core/errors.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Handover, type Parcel, Refused, type Target } from '../../delivery/targets.ts';
import { checkService } from './access.ts';
import { readTopicArn } from './arns.ts';
import { type Draft, draftOf, forTopic } from './message.ts';
import { maxBytes, plan } from './publish.ts';
import type { Topic } from './store.ts';
import { factsOf, findTopic } from './topic.ts';

export const snsTarget: Target = {
  inside: true,
  async handOver(stack: Stack, parcel: Parcel): Promise<Handover> {
    const { arn } = parcel.delivery.to;
    const found = await findTopic(
      stack,
      refusing(() => readTopicArn(arn, 'TopicArn')),
    );
    if (!found) throw new Refused('NO_RESOURCE', `The topic ${arn} does not exist.`);
    const { topic } = found;
    checkService(stack, topic, parcel);
    const draft = refusing(() => draftFrom(stack, topic, parcel));
    const { cause, hops, traceHeader } = parcel.delivery;
    const source = { causes: [cause], hops: hops + 1, traceHeader };
    const { writes, receipts } = await plan(stack, topic, [draft], source);
    const produced = receipts[0]?.id;
    return { writes, ...(produced !== undefined && { produced }) };
  },
};

function draftFrom(stack: Stack, topic: Topic, { payload }: Parcel): Draft {
  const { body, subject, attributes, group, dedupId } = payload;
  const published = {
    Message: body,
    Subject: subject,
    MessageGroupId: group,
    MessageDeduplicationId: factsOf(topic).fifo ? dedupId : undefined,
  };
  const draft = draftOf(published, maxBytes(stack, topic));
  return forTopic({ ...draft, ...(attributes && { attributes }) }, factsOf(topic));
}

/** A message that Publish would refuse is refused for good. */
function refusing<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    throw new Refused('INVALID_PARAMETER', cause.message);
  }
}
