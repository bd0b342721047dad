/**
 * What was published, in the shape in which a mapping hands it to a function: as far as filters
 * can look into it, without what only comes to be when it is received.
 */
import type { Content } from '../../admin-api/index.ts';
import { parseArn } from '../../core/arn.ts';

type Event = Readonly<Record<string, unknown>>;

/** Undefined where the content is not kept. */
export function recordLike(published: Content): Event | undefined {
  const { content, form, arn } = published;
  if (typeof content !== 'object' || content === null) return undefined;
  const about = { eventSourceARN: arn, awsRegion: parseArn(arn)?.region ?? '' };
  if (form === 'message') return { ...about, ...message(published, content) };
  if (form === 'record') return { ...about, ...record(published, content) };
  return form === 'change' ? { ...about, ...change(published, content) } : undefined;
}

interface Attribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

interface Message {
  readonly MessageBody?: string;
  readonly MessageAttributes?: Readonly<Record<string, Attribute>>;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

function message({ id, atMs }: Content, content: Message): Event {
  const { MessageBody: body = '', MessageAttributes: sent = {} } = content;
  const { MessageGroupId, MessageDeduplicationId } = content;
  return {
    messageId: id,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(atMs),
      ...(MessageGroupId !== undefined && { MessageGroupId }),
      ...(MessageDeduplicationId !== undefined && { MessageDeduplicationId }),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(sent).map(([name, { DataType, StringValue, BinaryValue }]) => {
        const value = BinaryValue === undefined ? StringValue : undefined;
        const given = value === undefined ? { binaryValue: BinaryValue } : { stringValue: value };
        return [name, { ...given, dataType: DataType }];
      }),
    ),
    eventSource: 'aws:sqs',
  };
}

interface StreamRecord {
  readonly Data?: string;
  readonly PartitionKey?: string;
}

function record({ id, atMs }: Content, { Data: data = '', PartitionKey }: StreamRecord): Event {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: PartitionKey ?? '',
      sequenceNumber: id.slice(id.lastIndexOf(':') + 1),
      data,
      approximateArrivalTimestamp: atMs / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: id,
    eventName: 'aws:kinesis:record',
  };
}

interface Change {
  readonly Keys?: object;
  readonly NewImage?: object;
  readonly OldImage?: object;
}

const CHANGES = new Set(['INSERT', 'MODIFY', 'REMOVE']);

function change({ id, note, atMs }: Content, { Keys, NewImage, OldImage }: Change): Event {
  const seen = OldImage === undefined ? 'INSERT' : NewImage === undefined ? 'REMOVE' : 'MODIFY';
  return {
    eventID: id,
    // The journal has noted it, and not every stream holds both images.
    eventName: note !== undefined && CHANGES.has(note) ? note : seen,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(atMs / 1000),
      Keys,
      ...(NewImage && { NewImage }),
      ...(OldImage && { OldImage }),
    },
  };
}
