/**
 * Target parameters that are read from the event, such as `$.detail.customer` as a message group.
 * They see the event as it is, not what a transformer makes of it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html#eb-dynamic-parameters
 */
import { parsePath, textAt } from '../../transform/json-path.ts';

/** Whether a parameter is read from the event: then its whole value is a path, never a part. */
export function isDynamic(value: string): boolean {
  return value.startsWith('$.');
}

/**
 * A parameter of a target as the event has it, or as it stands. What the event does not have is
 * an empty text; a string goes without its quotes.
 */
export function resolved(value: string, event: string): string {
  if (!isDynamic(value)) return value;
  const text = textAt(parsePath(value), event) ?? '';
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}
