/**
 * SNS as a sender: what a subscription gets of a message, when a failed delivery is tried again,
 * and what is left for the dead-letter queue.
 */
import type { Stack } from '../../delivery/stack.ts';
import {
  type Delivery,
  type Failure,
  type Origin,
  type Payload,
  Refused,
} from '../../delivery/targets.ts';
import { DEFAULT_CONTENT_TYPE, HTTP_TOTAL_SECONDS } from './delivery-policies.ts';
import { envelope } from './envelope.ts';
import { lambdaEvent } from './lambda-event.ts';
import { letters } from './letters.ts';
import { messageFor, type Notice, noticeOf } from './notice.ts';
import { AWS_MANAGED, delaySeconds, type RetrySchedule, secondsUntil } from './retry-schedules.ts';

export const PRINCIPAL = 'sns.amazonaws.com';

/** What a delivery remembers of its subscription. */
export interface Shape {
  /** `text` is the bare message for people: e-mail, SMS, push. */
  readonly form: 'raw' | 'envelope' | 'text';
  /** The protocol whose variant of the message is meant; for push, the platform. */
  readonly as: string;
  readonly contentType?: string;
  readonly replayed?: true;
}

/** What a delivery of a confirmation remembers; its body is sent as it is. */
export interface LetterShape {
  readonly letter: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly id: string;
  readonly topicArn: string;
}

/** Raw delivery maps message attributes onto those of SQS, which has ten. */
const MOST_ATTRIBUTES = 10;

export const origin: Origin = {
  principal: PRINCIPAL,
  letters,

  render(stack: Stack, delivery: Delivery, body: string): Payload {
    const shape = delivery.shape as unknown as Shape | LetterShape;
    if ('letter' in shape) return letter(delivery, shape, body);
    const notice = noticeOf(body);
    const count = shape.form === 'raw' ? attributeCount(notice) : 0;
    if (count > MOST_ATTRIBUTES && delivery.to.kind === 'sqs') {
      const most = `${MOST_ATTRIBUTES} message attributes`;
      const reason = `Raw delivery to SQS takes ${most}, not ${count}.`;
      throw new Refused('INVALID_PARAMETER', reason);
    }
    return notification(stack, delivery, shape, notice);
  },

  backoffMs(_stack, { retry, to }, attempts) {
    const schedule = (retry as RetrySchedule | undefined) ?? AWS_MANAGED;
    const seconds = delaySeconds(schedule, attempts);
    if (seconds === undefined) return 'attempts';
    if (to.kind === 'http' && secondsUntil(schedule, attempts) > HTTP_TOTAL_SECONDS) return 'age';
    return Math.round(seconds * 1000);
  },

  /** What would have been delivered; with more attributes than a queue takes, in its envelope. */
  deadLetter(stack: Stack, delivery: Delivery, body: string, _failure: Failure): Payload {
    const shape = delivery.shape as unknown as Shape | LetterShape;
    if ('letter' in shape) return { body };
    const notice = noticeOf(body);
    const fits = attributeCount(notice) <= MOST_ATTRIBUTES;
    const form = fits ? shape.form : 'envelope';
    const to = { kind: 'sqs', arn: delivery.deadLetterArn ?? '' };
    return notification(stack, { ...delivery, to }, { ...shape, form }, notice);
  },
};

function attributeCount({ attributes }: Notice): number {
  return attributes === undefined ? 0 : Object.keys(attributes).length;
}

function notification(stack: Stack, delivery: Delivery, shape: Shape, notice: Notice): Payload {
  const { sourceArn, to } = delivery;
  if (to.kind === 'lambda') return { body: lambdaEvent(stack, notice, shape.as, sourceArn) };
  const body =
    shape.form === 'envelope'
      ? envelope(stack, notice, shape.as, sourceArn, shape.replayed === true)
      : messageFor(notice, shape.as);
  if (to.kind === 'sqs') return forQueue(shape, notice, to.arn, body);
  if (to.kind === 'http') return { body, headers: headersOf(delivery, shape, notice) };
  const { attributes, subject } = notice;
  return { body, ...(subject !== undefined && { subject }), ...(attributes && { attributes }) };
}

function forQueue(shape: Shape, notice: Notice, queueArn: string, body: string): Payload {
  const { attributes, group, dedupId } = notice;
  const withAttributes = shape.form === 'raw' && attributes;
  if (!withAttributes && group === undefined) return { body };
  const fifo = queueArn.endsWith('.fifo');
  return {
    body,
    ...(withAttributes && { attributes }),
    ...(group !== undefined && { group }),
    ...(fifo && dedupId !== undefined && { dedupId }),
  };
}

function headersOf(delivery: Delivery, shape: Shape, notice: Notice): Record<string, string> {
  return {
    ...snsHeaders('Notification', notice.id, notice.topicArn),
    'x-amz-sns-subscription-arn': delivery.sourceArn,
    ...(shape.form === 'raw' && { 'x-amz-sns-rawdelivery': 'true' }),
    'content-type': shape.contentType ?? DEFAULT_CONTENT_TYPE,
  };
}

function snsHeaders(type: string, id: string, topicArn: string): Record<string, string> {
  return {
    'x-amz-sns-message-type': type,
    'x-amz-sns-message-id': id,
    'x-amz-sns-topic-arn': topicArn,
    'content-type': DEFAULT_CONTENT_TYPE,
    'user-agent': 'Amazon Simple Notification Service Agent',
  };
}

/** A subscription that is not confirmed yet has no ARN that a receiver could use. */
function letter(delivery: Delivery, shape: LetterShape, body: string): Payload {
  if (delivery.to.kind !== 'http') return { body };
  const headers = snsHeaders(shape.letter, shape.id, shape.topicArn);
  if (shape.letter === 'SubscriptionConfirmation') return { body, headers };
  return { body, headers: { ...headers, 'x-amz-sns-subscription-arn': delivery.sourceArn } };
}
