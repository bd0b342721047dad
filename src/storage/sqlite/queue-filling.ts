/** Queues as they are imported: messages at the positions that they had, and remembered keys. */
import type { DatabaseSync } from 'node:sqlite';
import { Unavailable } from '../storage.ts';
import type { QueuedMessage, RememberedKey } from '../transfer.ts';
import { Bodies, seal } from './bodies.ts';
import { rowOf, runOf } from './database.ts';
import { KEY } from './queue-state.ts';
import { LAST_ID, LAST_POSITION } from './schema.ts';

export class QueueFilling {
  readonly #bodies: Bodies;
  readonly #find;
  readonly #make;
  readonly #insert;
  readonly #groupExists;
  readonly #remember;
  #name: string | undefined;
  #id = 0;
  /** Birth of the youngest message that is not late; see `births.ts`. */
  #latestBornMs = Number.MIN_SAFE_INTEGER;

  constructor(sql: DatabaseSync) {
    this.#bodies = new Bodies(sql);
    this.#find = rowOf<[number]>(sql, 'SELECT id FROM queue WHERE name = ?');
    this.#make = rowOf<[number]>(
      sql,
      `INSERT INTO queue (id, name, memory)
       SELECT next, ?, next FROM (SELECT 1 + coalesce(max(id), 0) AS next FROM queue)
       RETURNING id`,
    );
    this.#insert = runOf(
      sql,
      `INSERT INTO message (key, queue, turn, visible_at, token, claims, first_claimed_at, sent_at,
         late, ordered, lane, id, meta, seal, body, body_id)
       VALUES (${KEY}, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)`,
    );
    this.#groupExists = rowOf<[number]>(
      sql,
      'SELECT 1 FROM message WHERE queue = ? AND lane IS ? AND ordered = 1 LIMIT 1',
    );
    this.#remember = runOf(sql, 'INSERT INTO dedup VALUES (?, ?, ?, ?, ?)');
  }

  /** Long bodies that are the same are stored once where they come close together. */
  beginList(): void {
    this.#bodies.beginList();
  }

  /** They come in the order of their positions. */
  message(message: QueuedMessage): void {
    const { position, id, sentAtMs, visibleAtMs, token, claims } = message;
    if (position > LAST_POSITION) throw new Unavailable(`Position ${position} is too large here.`);
    const queue = this.#queue(message.queue);
    const isOrdered = message.ordered === true;
    const lane = message.group ?? null;
    const meta = message.meta ?? null;
    const body = this.#bodies.store(message.body);
    const isLate = sentAtMs < this.#latestBornMs;
    if (!isLate) this.#latestBornMs = sentAtMs;
    this.#insert(
      queue,
      position,
      isOrdered && this.#groupExists(queue, lane) ? 0 : 1,
      visibleAtMs,
      token,
      claims,
      claims === 0 ? sentAtMs : (message.firstClaimedAtMs ?? null),
      sentAtMs,
      isLate ? 1 : 0,
      isOrdered ? 1 : 0,
      lane,
      id,
      meta,
      seal(id, meta, body),
      body[0],
      body[1],
    );
  }

  remembered({ queue, key, untilMs, position, id }: RememberedKey): void {
    this.#remember(this.#queue(queue), key, untilMs, position, id);
  }

  #queue(name: string): number {
    if (name === this.#name) return this.#id;
    this.#id = this.#find(name)?.[0] ?? this.#make(name)?.[0] ?? 0;
    if (this.#id > LAST_ID) throw new Unavailable(`More than ${LAST_ID} queues.`);
    this.#name = name;
    this.#latestBornMs = Number.MIN_SAFE_INTEGER;
    return this.#id;
  }
}
