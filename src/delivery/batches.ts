/**
 * Batches of records: gathering them for a while, and cutting what is too large for one payload.
 */
import type { SourceRecord } from './sources.ts';

/** Lambda's and EventBridge Pipes' largest payload. */
export const MOST_BYTES = 6 * 1024 * 1024;
/** What stands around the records of a batch. */
const ENVELOPE_BYTES = 16;

/** A batch that waits for more records. */
export interface Gathering {
  readonly records: readonly SourceRecord[];
  readonly endsAtMs: number;
}

/** The records in parts, none of them too large; a record that is too large by itself is alone. */
export function cut<Item extends SourceRecord>(
  records: readonly Item[],
): readonly (readonly Item[])[] {
  if (surelyFits(records)) return [records];
  const parts: Item[][] = [];
  let part: Item[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const record of records) {
    const more = Buffer.byteLength(record.json) + 1;
    if (part.length > 0 && bytes + more > MOST_BYTES) {
      parts.push(part);
      part = [];
      bytes = ENVELOPE_BYTES;
    }
    part.push(record);
    bytes += more;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

/** No character has more than three bytes for each of its places in a string. */
function surelyFits(records: readonly SourceRecord[]): boolean {
  let places = ENVELOPE_BYTES;
  for (const { json } of records) places += json.length + 1;
  return places * 3 <= MOST_BYTES;
}
