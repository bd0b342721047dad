/**
 * A message as it is read back, its checksum looked at.
 */
import { damaged } from '../damaged.ts';
import { Corrupt, type Message } from '../storage.ts';
import { type Bodies, seal } from './bodies.ts';
import type { Queue } from './queue-state.ts';
import { LAST_POSITION } from './schema.ts';

/** The columns of a `MessageRow`, for a SELECT. */
export const COLUMNS = `key & ${LAST_POSITION}, turn, visible_at, token, claims,
  first_claimed_at, sent_at, ordered, lane, id, meta, seal, body, body_id`;

export type MessageRow = readonly [
  position: number,
  turn: number,
  visibleAtMs: number,
  token: number,
  claims: number,
  firstClaimedAtMs: number | null,
  sentAtMs: number,
  ordered: number,
  lane: string | null,
  id: string,
  meta: string | null,
  seal: number,
  body: string | null,
  bodyId: number | null,
];

export type StoredMessage = Omit<Message, 'claims' | 'firstClaimedAtMs'>;

/** All of a message but its claims, which a claim is about to change. */
export function toMessage(
  queue: Pick<Queue, 'name'>,
  row: MessageRow,
  bodies: Bodies,
): StoredMessage {
  const [position, , visibleAtMs, , , , sentAtMs, ordered, lane, id, meta, sealed] = row;
  const what = () => `Message ${position} of queue ${queue.name}`;
  const [text, bodyId] = [row[12], row[13]];
  const sound =
    text === null
      ? bodyId !== null && seal(id, meta, [null, bodyId]) === sealed
      : seal(id, meta, [text, null]) === sealed;
  if (!sound) throw new Corrupt(damaged(what()));
  const message: { -readonly [Member in keyof StoredMessage]: StoredMessage[Member] } = {
    id,
    body: text ?? bodies.read(bodyId ?? 0, what),
    sentAtMs,
    visibleAtMs,
  };
  if (meta !== null) message.meta = meta;
  if (lane !== null) message.group = lane;
  if (ordered) message.ordered = true;
  return message;
}
