/**
 * Keys that deduplication remembers, short enough for any index. All that is asked of such a key is
 * whether it is the same, so of a long one its hash will do. It begins with what no key begins
 * with that has a meaning: a character 0.
 */
import { createHash } from 'node:crypto';

/** In UTF-16 units. */
const LONGEST = 200;
export const HASHED_KEY = '\u0000#';

export function shortKey(key: string): string {
  if (key.length <= LONGEST) return key;
  return HASHED_KEY + createHash('sha256').update(key, 'utf16le').digest('base64url');
}
