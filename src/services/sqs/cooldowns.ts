/** When queues were deleted or purged last; kept only where AWS's cool-down times are wanted. */
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Storage } from '../../storage/storage.ts';

const collections = new WeakMap<Storage, Collection<{ readonly atMs: number }>>();

/** Keys are `delete/<queue>` and `purge/<queue>`. */
export function cooldowns({ storage }: Stack): Collection<{ readonly atMs: number }> {
  let collection = collections.get(storage);
  if (!collection) {
    collection = new Collection(storage, 'sqs/cooldowns');
    collections.set(storage, collection);
  }
  return collection;
}
