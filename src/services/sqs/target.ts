/**
 * What it means to deliver to a queue: a message in it, in the commit of whoever delivers.
 *
 * The queue's policy decides whether the service may send, and the rules for messages are those
 * that clients meet. In a FIFO queue a group and a deduplication id are needed as ever; a parcel
 * that the queue has taken in the last five minutes adds nothing.
 */
import { AwsError } from '../../core/errors.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Handover, type Parcel, Refused, type Target } from '../../delivery/targets.ts';
import { checkService } from './access.ts';
import { draftMessage, enqueueOf } from './drafts.ts';
import { senderIdOf } from './message.ts';
import { fromPayload } from './message-attributes.ts';
import { type Queue, queueByArn } from './queue.ts';

export const queueTarget: Target = {
  inside: true,
  handOver: async (stack, parcel) => {
    const { arn } = parcel.delivery.to;
    const queue = await queueByArn(stack, arn);
    if (!queue) throw new Refused('NO_RESOURCE', `The queue ${arn} does not exist.`);
    checkService(stack, queue, parcel);
    return handOver(stack, queue, parcel);
  },
};

function handOver(stack: Stack, queue: Queue, { delivery, payload, principal }: Parcel): Handover {
  const { MessageGroupId: groupParameter } = delivery.to.params ?? {};
  const parameter = typeof groupParameter === 'string' ? groupParameter : undefined;
  try {
    const draft = draftMessage(stack, queue, {
      body: payload.body,
      senderId: senderIdOf(`service:${principal}`),
      attributes: fromPayload(payload.attributes),
      traceHeader: delivery.traceHeader,
      group: payload.group ?? parameter,
      dedupId: queue.fifo ? payload.dedupId : undefined,
    });
    const write = enqueueOf(queue, draft, stack.settings.quotas['sqs.dedupMs']);
    return { writes: [write], produced: draft.message.id };
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    throw new Refused('SDK_CLIENT_ERROR', cause.message);
  }
}
