/** What somebody wants to send, before it is an operation's input. */
import { accessOf } from '../access/access.ts';
import type { Send } from '../admin-api/index.ts';
import { AwsError } from '../core/errors.ts';
import type { Stack } from '../delivery/stack.ts';

export type Members = Readonly<Record<string, unknown>>;

/** Throws for content that is no JSON object, or names where it goes otherwise than by its ARN. */
export function membersOf(
  { content }: Pick<Send, 'content'>,
  ...destinations: readonly string[]
): Members {
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    const named = destinations.find((name) => name in content);
    if (named === undefined) return { ...content };
    throw badContent(`"content" goes where "arn" says; it cannot name its ${named}.`);
  }
  throw badContent('"content" must be a JSON object.');
}

/** Whether whoever sends the same with another tool needs a key that is known here. */
export function needsKey(stack: Pick<Stack, 'storage' | 'ids'>): boolean {
  return accessOf(stack).isStrict;
}

export function badContent(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/**
 * What belongs to a message of a FIFO queue or topic besides. Another edition would be taken for
 * the first one within five minutes, so it gets a deduplication id of its own.
 */
export function inOrder(arn: string, again: string | undefined, uuid: () => string): Members {
  return again !== undefined && arn.endsWith('.fifo') ? { MessageDeduplicationId: uuid() } : {};
}
