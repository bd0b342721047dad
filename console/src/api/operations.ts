/** AWS's operations, done as JSON at a place. */
import { post } from './client.ts';
import type { Place } from './session.ts';

/** Answers the operation's output; the caller knows its shape from AWS's reference. */
export async function operate<Output = unknown>(
  place: Place,
  operation: `${string}/${string}`,
  input: object,
): Promise<Output> {
  const { output } = await post(`operations/${operation}`, input, { ...place });
  return output as Output;
}
