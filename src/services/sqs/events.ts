/**
 * A message as functions and pipes get it: the record of Lambda's SQS event.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
import type { Claimed } from '../../storage/storage.ts';
import { bodyMd5Of, decodeMeta } from './message.ts';
import { attributesMd5, type StoredAttributes } from './message-attributes.ts';
import type { Queue } from './queue.ts';
import { encodeHandle } from './receipt-handles.ts';
import { EVERYTHING, systemAttributesOf } from './received-messages.ts';

// A type, not an interface: only such a one is a record of unknowns too.
export type QueueEvent = {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Partial<Record<string, string>>>;
  readonly messageAttributes: Readonly<Record<string, EventAttribute>>;
  readonly md5OfMessageAttributes?: string;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
};

interface EventAttribute {
  readonly stringValue?: string;
  /** Base64. */
  readonly binaryValue?: string;
  /** Both lists are always there and always empty: SQS knows none. */
  readonly stringListValues: readonly never[];
  readonly binaryListValues: readonly never[];
  readonly dataType: string;
}

export function eventOf(queue: Queue, message: Claimed, receivedAtMs: number): QueueEvent {
  const meta = message.meta ?? '';
  const extras = decodeMeta(meta);
  const { attributes: sent } = extras;
  const receipt = { lease: message.lease, messageId: message.id, receivedAtMs };
  return {
    messageId: message.id,
    receiptHandle: encodeHandle(queue, receipt),
    body: message.body,
    attributes: systemAttributesOf(queue, message, extras, EVERYTHING.system) ?? {},
    messageAttributes: sent ? eventAttributes(sent) : {},
    ...(sent && { md5OfMessageAttributes: attributesMd5(sent) }),
    md5OfBody: bodyMd5Of(meta),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: queue.region,
  };
}

function eventAttributes(sent: StoredAttributes): Readonly<Record<string, EventAttribute>> {
  return Object.fromEntries(
    Object.entries(sent).map(([name, [dataType, value]]) => {
      const binary = dataType.startsWith('Binary');
      const content = binary ? { binaryValue: value } : { stringValue: value };
      return [name, { ...content, stringListValues: [], binaryListValues: [], dataType }];
    }),
  );
}
