/**
 * A message as its row holds it, its checksum looked at when it is read back.
 */
import { crc32 } from 'node:zlib';
import { rememberingLast } from '../../core/last-text.ts';
import { damaged } from '../damaged.ts';
import { Corrupt, type Message } from '../storage.ts';
import { fromStoredGroup } from './queue-lanes.ts';
import { fromStored } from './text.ts';

/** The columns of a `MessageRow` for a SELECT, of the table `m`. */
export const COLUMNS = `m.position, m.visible_at, m.sent_at, m.first_claimed_at, m.token, m.claims,
  m.seal, m.ordered, m.lane, m.long_group, m.id, m.meta, m.body`;

export type MessageRow = readonly [
  position: number,
  visibleAtMs: number,
  sentAtMs: number,
  firstClaimedAtMs: number | null,
  token: number,
  claims: number,
  seal: number,
  ordered: boolean,
  lane: string | null,
  longGroup: string | null,
  id: string,
  meta: string | null,
  body: string,
];

const crcOf = rememberingLast((text) => crc32(text));

/** Made of two, so that one half can change without reading the other. */
export function seal(id: string, meta: string | null, body: string): number {
  return sealHead(id, meta) ^ crcOf(body);
}

export function sealHead(id: string, meta: string | null): number {
  return crc32(meta === null ? id : `${id}\n${meta}`) | 0;
}

export type StoredMessage = Omit<Message, 'claims' | 'firstClaimedAtMs'>;

/** All of a message but its claims, which a claim has just changed. */
export function toMessage(queue: string, row: MessageRow): StoredMessage {
  const [position, visibleAtMs, sentAtMs, , , , sealed, ordered, lane, longGroup] = row;
  const id = fromStored(row[10]);
  const meta = row[11] === null ? null : fromStored(row[11]);
  const body = fromStored(row[12]);
  if (seal(id, meta, body) !== sealed) {
    throw new Corrupt(damaged(`Message ${position} of queue ${queue}`));
  }
  const message: { -readonly [Member in keyof StoredMessage]: StoredMessage[Member] } = {
    id,
    body,
    sentAtMs,
    visibleAtMs,
  };
  if (meta !== null) message.meta = meta;
  const group = fromStoredGroup(lane, longGroup);
  if (group !== undefined) message.group = group;
  if (ordered) message.ordered = true;
  return message;
}
