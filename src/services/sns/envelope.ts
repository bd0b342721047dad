/**
 * The JSON around a message, laid out as SNS does: one member a line, `"Name" : value`.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */

import type { Stack } from '../../delivery/stack.ts';
import type { Attribute } from '../../delivery/targets.ts';
import { messageFor, type Notice, variantFor } from './notice.ts';
import { certificateUrl } from './signing.ts';

interface Frame {
  readonly notice: Notice;
  readonly variant: string;
  readonly endpoint: string;
  readonly before: string;
  readonly after: string;
}

let last: Frame | undefined;

/**
 * The envelope for one subscription. Between subscriptions only UnsubscribeURL differs, so the
 * rest of the last message's envelope is kept.
 */
export function envelope(
  stack: Stack,
  notice: Notice,
  protocol: string,
  subscriptionArn: string,
  replayed: boolean,
): string {
  const variant = variantFor(notice, protocol);
  const endpoint = stack.endpoint();
  if (last?.notice !== notice || last.variant !== variant || last.endpoint !== endpoint) {
    const before = linesBefore(stack, notice, protocol, variant).join(',\n');
    const after = notice.attributes ? `,\n${attributesLine(notice.attributes)}` : '';
    last = { notice, variant, endpoint, before, after };
  }
  const unsubscribe = line('UnsubscribeURL', unsubscribeUrl(stack, subscriptionArn));
  const mark = replayed ? ',\n  "Replayed" : true' : '';
  return `{\n${last.before},\n${unsubscribe}${last.after}${mark}\n}`;
}

/**
 * Messages of FIFO topics have a SequenceNumber and no signature (observed:
 * https://github.com/aws/aws-sdk-net/issues/3000).
 */
function linesBefore(
  stack: Stack,
  notice: Notice,
  protocol: string,
  variant: string,
): readonly string[] {
  const { id, topicArn, sequence, subject, signed } = notice;
  const signature = signed?.by[variant];
  return [
    line('Type', 'Notification'),
    line('MessageId', id),
    ...(sequence === undefined ? [] : [line('SequenceNumber', sequence)]),
    line('TopicArn', topicArn),
    ...(subject === undefined ? [] : [line('Subject', subject)]),
    line('Message', messageFor(notice, protocol)),
    line('Timestamp', new Date(notice.atMs).toISOString()),
    ...(signed && signature !== undefined
      ? [
          line('SignatureVersion', signed.version),
          line('Signature', signature),
          line('SigningCertURL', certificateUrl(stack, signed.file)),
        ]
      : []),
  ];
}

function attributesLine(attributes: Readonly<Record<string, Attribute>>): string {
  const lines = Object.entries(attributes).map(([name, attribute]) => {
    const value = attribute.StringValue ?? attribute.BinaryValue;
    const described = JSON.stringify({ Type: attribute.DataType, Value: value });
    return `    ${JSON.stringify(name)} : ${described}`;
  });
  return `  "MessageAttributes" : {\n${lines.join(',\n')}\n  }`;
}

/** An object of texts in the same layout: confirmations. */
export function textObject(members: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [line(name, value)],
  );
  return `{\n${lines.join(',\n')}\n}`;
}

function line(name: string, value: string): string {
  return `  "${name}" : ${JSON.stringify(value)}`;
}

/** Whoever follows it ends the subscription; no signature is asked for. */
export function unsubscribeUrl(stack: Stack, subscriptionArn: string): string {
  return `${stack.endpoint()}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`;
}
