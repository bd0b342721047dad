/**
 * The writes of a queue, applied inside the group's transaction.
 *
 * A message is not visible before its birth: an earlier `visibleAtMs` is read as the birth. In an
 * ordered queue the first message of each group has its `turn`, and only such messages stand in
 * the index that claims read, so that what waits behind a blocked one costs nothing.
 */
import type { DatabaseSync } from 'node:sqlite';
import { Conflict, type Enqueue, type Receipt, type Release, type Settle } from '../storage.ts';
import type { Births } from './births.ts';
import { type Bodies, seal, sealHead } from './bodies.ts';
import { rowOf, runOf } from './database.ts';
import type { Dedup } from './dedup.ts';
import { KEY, type Queue, type Queues } from './queue-state.ts';
import type { Sequence } from './sequence.ts';

const CHANGED: Receipt = Object.freeze({ changed: 1 });
const UNCHANGED: Receipt = Object.freeze({ changed: 0 });

/** What a fence lets through, as SQL: ?3 and ?4 bound the token, ?5 the end of the lease. */
const HELD = `key = ${KEY} AND token BETWEEN ?3 AND ?4 AND visible_at > ?5`;

type FenceValues = [number, number, number, number, number];
type Removed = readonly [
  turn: number,
  visibleAtMs: number,
  token: number,
  ordered: number,
  lane: string | null,
  bodyId: number | null,
];
const REMOVED = 'turn, visible_at, token, ordered, lane, body_id';

type Held = readonly [visibleAtMs: number, token: number, sentAtMs: number, lane: string | null];

export class QueueWrites {
  readonly #queues: Queues;
  readonly #bodies: Bodies;
  readonly #births: Births;
  readonly #dedup: Dedup;
  readonly #sequence: Sequence;
  readonly #insert;
  readonly #groupExists;
  readonly #settle;
  readonly #remove;
  readonly #nextOfGroup;
  readonly #held;
  readonly #move;
  readonly #uncount;
  readonly #head;
  readonly #rewrite;

  constructor(sql: DatabaseSync, queues: Queues, dedup: Dedup, parts: Parts) {
    this.#queues = queues;
    this.#dedup = dedup;
    this.#bodies = parts.bodies;
    this.#births = parts.births;
    this.#sequence = parts.sequence;
    this.#insert = runOf(
      sql,
      `INSERT INTO message (key, queue, turn, visible_at, token, claims, first_claimed_at, sent_at,
         late, ordered, lane, id, meta, seal, body, body_id)
       VALUES (${KEY}, ?1, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)`,
    );
    this.#groupExists = rowOf<[number]>(
      sql,
      'SELECT 1 FROM message WHERE queue = ? AND lane IS ? AND ordered = 1 LIMIT 1',
    );
    this.#settle = rowOf<Removed>(sql, `DELETE FROM message WHERE ${HELD} RETURNING ${REMOVED}`);
    this.#remove = rowOf<Removed>(
      sql,
      `DELETE FROM message WHERE key = ${KEY} RETURNING ${REMOVED}`,
    );
    this.#nextOfGroup = runOf(
      sql,
      `UPDATE message SET turn = 1 WHERE key = (SELECT min(key) FROM message
         WHERE queue = ? AND lane IS ? AND ordered = 1)`,
    );
    this.#held = rowOf<Held>(
      sql,
      `SELECT visible_at, token, sent_at, lane FROM message WHERE ${HELD}`,
    );
    this.#move = runOf(sql, `UPDATE message SET visible_at = ?3 WHERE key = ${KEY}`);
    this.#uncount = runOf(
      sql,
      `UPDATE message SET claims = claims - 1 WHERE key = ${KEY} AND claims > 0`,
    );
    this.#head = rowOf<[string, string | null, number]>(
      sql,
      `SELECT id, meta, seal FROM message WHERE key = ${KEY}`,
    );
    this.#rewrite = runOf(sql, `UPDATE message SET meta = ?3, seal = ?4 WHERE key = ${KEY}`);
  }

  enqueue(write: Enqueue): Receipt {
    const { message, dedup } = write;
    const queue = this.#queues.touch(write.queue);
    const earlier = dedup && this.#dedup.find(queue, dedup);
    if (earlier) return earlier;

    const ordered = message.ordered === true;
    const lane = message.group ?? null;
    queue.ordered = ordered;
    const turn = ordered && this.#groupExists(queue.id, lane) ? 0 : 1;
    const visibleAtMs = Math.max(message.visibleAtMs, message.sentAtMs);
    const claims = message.claims ?? 0;
    // A value that is overwritten by one of the same size lets a lease be written in place.
    const firstClaimedAtMs = claims === 0 ? message.sentAtMs : (message.firstClaimedAtMs ?? null);
    const meta = message.meta ?? null;
    const body = this.#bodies.store(message.body);
    const position = this.#sequence.next();
    this.#insert(
      queue.id,
      position,
      turn,
      visibleAtMs,
      claims,
      firstClaimedAtMs,
      message.sentAtMs,
      this.#births.isLate(queue, message.sentAtMs) ? 1 : 0,
      ordered ? 1 : 0,
      lane,
      message.id,
      meta,
      seal(message.id, meta, body),
      body[0],
      body[1],
    );
    queue.count(1, visibleAtMs, 0, lane);
    if (dedup) this.#dedup.remember(queue, dedup, position, message.id);
    return { position };
  }

  settle(write: Settle): Receipt {
    const queue = this.#queues.touchExisting(write.lease.queue);
    const removed = queue && this.#settle(...fence(queue, write));
    if (!removed) return lost(write);
    this.#gone(queue, removed);
    return CHANGED;
  }

  /** Removes whatever stands at `position`; for messages past retention and purged ones. */
  remove(queue: Queue, position: number): void {
    const removed = this.#remove(queue.id, position);
    if (removed) this.#gone(queue, removed);
  }

  #gone(queue: Queue, [turn, visibleAtMs, token, ordered, lane, bodyId]: Removed): void {
    queue.count(-1, visibleAtMs, token, lane);
    if (bodyId !== null) this.#bodies.release(bodyId);
    if (ordered && turn) this.#nextOfGroup(queue.id, lane);
  }

  release(write: Release): Receipt {
    const { lease, meta } = write;
    const queue = this.#queues.touchExisting(lease.queue);
    const held = queue && this.#held(...fence(queue, write));
    if (!held) return lost(write);
    const [fromMs, token, sentAtMs, lane] = held;
    const visibleAtMs = Math.max(write.visibleAtMs, sentAtMs);
    this.#move(queue.id, lease.position, visibleAtMs);
    queue.count(-1, fromMs, token, lane);
    queue.count(1, visibleAtMs, token, lane);
    if (write.uncounted) this.#uncount(queue.id, lease.position);
    if (meta !== undefined) this.#replaceMeta(queue, lease.position, meta);
    return CHANGED;
  }

  #replaceMeta(queue: Queue, position: number, meta: string): void {
    const head = this.#head(queue.id, position);
    if (!head) return;
    const [id, before, sealed] = head;
    const after = sealed ^ sealHead(id, before) ^ sealHead(id, meta);
    this.#rewrite(queue.id, position, meta, after);
  }
}

interface Parts {
  readonly bodies: Bodies;
  readonly births: Births;
  readonly sequence: Sequence;
}

function fence(queue: Queue, write: Settle | Release): FenceValues {
  const { position, token } = write.lease;
  const newest = write.fence === 'latest' ? token : Number.MAX_SAFE_INTEGER;
  return [queue.id, position, token, newest, write.aliveAtMs ?? Number.MIN_SAFE_INTEGER];
}

function lost(write: Settle | Release): Receipt {
  if (write.lost === 'skip') return UNCHANGED;
  const { queue, position } = write.lease;
  throw new Conflict(`The lease on message ${position} of ${queue} is lost.`);
}
