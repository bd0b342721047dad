/** What the journal's facts say was published, and what that held. */
import type { Content, Form, Published } from '../admin-api/index.ts';
import { parseExact } from '../core/json-text.ts';
import { serviceOf } from '../delivery/map-parts.ts';
import type { Stack } from '../delivery/stack.ts';
import type { Contents } from '../journal/contents-by-id.ts';
import type { Fact } from '../journal/journal.ts';
import { previewOf } from '../journal/preview.ts';

/** By the service in the ARN where it was published. */
const FORMS: Readonly<Record<string, Form>> = {
  events: 'event',
  sns: 'notification',
  sqs: 'message',
  kinesis: 'record',
  dynamodb: 'change',
  lambda: 'invocation',
};

/** Services that keep what was published with them by themselves. */
const KEEPERS: Partial<Record<Form, string>> = { record: 'kinesis', change: 'dynamodbstreams' };

/** Undefined for facts of other kinds: what happened to something that had come to be before. */
export function formOf({ kind, arn }: Fact): Form | undefined {
  if (kind !== 'publish' && kind !== 'invoke') return undefined;
  // Phone numbers and devices, which SNS publishes to without a topic, have no ARN of their own.
  return FORMS[serviceOf(arn)] ?? (arn.startsWith('+') ? 'notification' : undefined);
}

/** What it held; undefined where that is not known any more, or was never kept. */
export async function heldBy(
  stack: Stack,
  contents: Contents,
  fact: Fact,
  form: Form,
): Promise<unknown> {
  const keeper = KEEPERS[form];
  if (keeper !== undefined) return stack.lenses.get(keeper)?.content?.(stack, fact);
  const kept = await contents.find(fact.id, fact.atMs);
  return kept === undefined ? undefined : parsed(kept.json);
}

/** Integers keep every digit: patterns compare them. */
function parsed(json: string): unknown {
  return parseExact(json) ?? undefined;
}

export function publishedOf({ id, arn, atMs, note }: Fact, form: Form, held: unknown): Published {
  const preview = previewOf(form, held);
  return { id, form, arn, atMs, ...(note && { note }), preview };
}

export function contentOf(fact: Fact, form: Form, held: unknown): Content {
  const { causes } = fact;
  return { ...publishedOf(fact, form, held), ...(causes && { causes }), content: held ?? null };
}
