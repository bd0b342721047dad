/**
 * Groups of messages as rows hold them. A `lane` is short enough for an index, and differs for
 * different groups; that of a long group is its hash, and the group then stands beside it.
 */
import { createHash } from 'node:crypto';
import { fromStored, toStored } from './text.ts';

/** In UTF-16 units; each has up to three bytes, or six when it is escaped. */
const LONGEST = 200;
/** Messages of an ordered queue without a group take turns among themselves. */
const NO_GROUP = '';
const SHORT = '=';
const HASHED = '#';

export interface StoredGroup {
  readonly lane: string | null;
  readonly longGroup: string | null;
}

export function toStoredGroup(group: string | undefined, ordered: boolean): StoredGroup {
  if (group === undefined) return { lane: ordered ? NO_GROUP : null, longGroup: null };
  const lane = toShort(group);
  return { lane, longGroup: lane.startsWith(HASHED) ? toStored(group) : null };
}

export function fromStoredGroup(lane: string | null, long: string | null): string | undefined {
  if (lane === null || lane === NO_GROUP) return undefined;
  return fromStored(long ?? lane.slice(SHORT.length));
}

/** A text that differs where `text` differs, short enough for an index. */
export function toShort(text: string): string {
  if (text.length <= LONGEST) return SHORT + toStored(text);
  return HASHED + createHash('sha256').update(text, 'utf16le').digest('base64url');
}
