/**
 * What a function gets of a message: one record around the members of the envelope, of which two
 * are spelled differently and those that are empty are there all the same.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
import type { Stack } from '../../delivery/stack.ts';
import { unsubscribeUrl } from './envelope.ts';
import { messageFor, type Notice, variantFor } from './notice.ts';
import { certificateUrl } from './signing.ts';

export function lambdaEvent(
  stack: Stack,
  notice: Notice,
  protocol: string,
  subscriptionArn: string,
): string {
  const { id, topicArn, subject = null, atMs, signed, attributes = {} } = notice;
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType: Type, StringValue, BinaryValue }]) => {
      return [name, { Type, Value: StringValue ?? BinaryValue }];
    }),
  );
  const Sns = {
    Type: 'Notification',
    MessageId: id,
    TopicArn: topicArn,
    Subject: subject,
    Message: messageFor(notice, protocol),
    Timestamp: new Date(atMs).toISOString(),
    ...(signed && {
      SignatureVersion: signed.version,
      Signature: signed.by[variantFor(notice, protocol)],
      SigningCertUrl: certificateUrl(stack, signed.file),
    }),
    UnsubscribeUrl: unsubscribeUrl(stack, subscriptionArn),
    MessageAttributes,
  };
  const source = { EventSource: 'aws:sns', EventVersion: '1.0' };
  const record = { ...source, EventSubscriptionArn: subscriptionArn, Sns };
  return JSON.stringify({ Records: [record] });
}
