/** What a change holds, looked up by its id and the moment at which it was written. */
import { changeLog, keptChange } from '../../delivery/change-streams.ts';
import type { PublishedAt } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { findStream } from './lookup.ts';
import { shown } from './records.ts';

/** Changes of one millisecond, and of nodes whose clocks differ a little. */
const MOST = 1_000;

export async function content(
  stack: Stack,
  { arn, id, atMs }: PublishedAt,
): Promise<object | undefined> {
  const stream = await findStream(stack, arn);
  if (!stream) return undefined;
  const log = changeLog(stream);
  const { first } = await stack.storage.bounds(log);
  const entries = await stack.storage.read(log, { from: first, max: MOST, sinceMs: atMs });
  const entry = entries.find(({ body }) => body.includes(id) && keptChange({ body }).id === id);
  return entry && shown(stream, entry).items;
}
