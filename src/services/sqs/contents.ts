/** What a message holds, as SendMessage takes it: for the journal, and for who sends it again. */
import type { Held } from '../../journal/contents.ts';
import type { Message } from '../../storage/storage.ts';
import { decodeMeta } from './message.ts';
import type { StoredAttributes } from './message-attributes.ts';

/** An attribute in JSON, bytes being base64. */
export interface ShownAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export function contentOf({ body, meta = '', group }: Message): Held {
  const { attributes, dedupId } = decodeMeta(meta);
  const plain = !attributes && group === undefined && dedupId === undefined;
  const json = plain
    ? `{"MessageBody":${JSON.stringify(body)}}`
    : JSON.stringify({
        MessageBody: body,
        MessageAttributes: attributes && shownAttributes(attributes),
        MessageGroupId: group,
        MessageDeduplicationId: dedupId,
      });
  return { form: 'message', json };
}

export function shownAttributes(
  attributes: StoredAttributes,
): Readonly<Record<string, ShownAttribute>> {
  const shown = Object.entries(attributes).map(([name, [type, value]]) => {
    const member = type.startsWith('Binary') ? { BinaryValue: value } : { StringValue: value };
    return [name, { DataType: type, ...member }] as const;
  });
  return Object.fromEntries(shown);
}
