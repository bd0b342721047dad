/**
 * A published message as deliveries, retries and the archive keep it: once, as JSON, whatever
 * the number of subscriptions. What a subscription gets is made from it when it is handed over.
 */
import type { Attribute } from '../../delivery/targets.ts';
import type { Held } from '../../journal/contents.ts';
import type { SignatureVersion } from './signing.ts';

export interface Notice {
  readonly id: string;
  readonly topicArn: string;
  readonly atMs: number;
  readonly message: string;
  /** By protocol, what stands in place of `message`. */
  readonly variants?: Readonly<Record<string, string>>;
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly group?: string;
  readonly dedupId?: string;
  /** FIFO topics only. */
  readonly sequence?: string;
  readonly signed?: Signatures;
}

export interface Signatures {
  readonly version: SignatureVersion;
  /** The file of the certificate to check with. */
  readonly file: string;
  /** By message text's protocol; the empty one is for `message` itself. */
  readonly by: Readonly<Record<string, string>>;
}

/** What subscriptions of a protocol get. */
export function messageFor({ message, variants }: Notice, protocol: string): string {
  return variants?.[protocol] ?? message;
}

/** Which signature goes with it. */
export function variantFor({ variants }: Notice, protocol: string): string {
  return variants?.[protocol] === undefined ? '' : protocol;
}

let lastText: string | undefined;
let lastNotice: Notice | undefined;

/** The text that a message is kept as. */
export function textOf(notice: Notice): string {
  lastNotice = notice;
  lastText = JSON.stringify(notice);
  return lastText;
}

/**
 * Reads a kept message. Fan-out renders the same text for one subscription after the other, right
 * after it was written, so the last one is remembered and not parsed at all.
 */
export function noticeOf(text: string): Notice {
  if (text !== lastText || !lastNotice) {
    lastNotice = JSON.parse(text) as Notice;
    lastText = text;
  }
  return lastNotice;
}

/** What a message holds, as Publish takes it. */
export function contentOf(notice: Omit<Notice, 'id' | 'topicArn' | 'atMs'>): Held {
  const { message, variants, subject, attributes, group, dedupId } = notice;
  const json = JSON.stringify({
    Message: variants ? JSON.stringify({ default: message, ...variants }) : message,
    MessageStructure: variants && 'json',
    Subject: subject,
    MessageAttributes: attributes,
    MessageGroupId: group,
    MessageDeduplicationId: dedupId,
  });
  return { form: 'notification', json };
}
