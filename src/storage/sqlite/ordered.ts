/**
 * Claims of an ordered queue: groups take part in the order in which their first message became
 * visible, and each is walked from there until something hidden stands in the way.
 *
 * A message past retention is passed over while it is visible; a hidden one holds up its group
 * until it is removed, as any hidden message does.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Claim } from '../storage.ts';
import { rowsOf } from './database.ts';
import { COLUMNS, type MessageRow } from './message-row.ts';
import { KEY, type Queue } from './queue-state.ts';

export class Ordered {
  readonly #first;
  readonly #firstAfter;
  readonly #behind;

  constructor(sql: DatabaseSync) {
    const heads = `SELECT ${COLUMNS} FROM message WHERE queue = ?1 AND turn = 1`;
    const inOrder = 'ORDER BY visible_at, token, key LIMIT ?3';
    this.#first = rowsOf<MessageRow>(sql, `${heads} AND visible_at <= ?2 ${inOrder}`);
    this.#firstAfter = rowsOf<MessageRow>(
      sql,
      `${heads} AND visible_at BETWEEN ?4 AND ?2
       AND (visible_at, token, key) > (?4, ?5, ${KEY.replace('?2', '?6')}) ${inOrder}`,
    );
    this.#behind = rowsOf<MessageRow>(
      sql,
      `SELECT ${COLUMNS} FROM message
       WHERE queue = ?1 AND lane IS ?3 AND ordered = 1 AND key > ${KEY} ORDER BY key LIMIT ?4`,
    );
  }

  due(queue: Queue, claim: Claim, max: number): readonly MessageRow[] {
    const chosen: MessageRow[] = [];
    let heads = this.#first(queue.id, claim.nowMs, max);
    for (;;) {
      for (const head of heads) {
        this.#walk(queue, claim, head, max, chosen);
        if (chosen.length >= max) return chosen;
      }
      const last = heads.length === max && heads.at(-1);
      if (!last) return chosen;
      const [position, , visibleAtMs, token] = last;
      heads = this.#firstAfter(queue.id, claim.nowMs, max, visibleAtMs, token, position);
    }
  }

  #walk(queue: Queue, claim: Claim, head: MessageRow, max: number, chosen: MessageRow[]): void {
    const born = claim.bornAfterMs ?? Number.MIN_SAFE_INTEGER;
    let row: MessageRow = head;
    let following: readonly MessageRow[] = [];
    let index = 0;
    for (;;) {
      const [position, , visibleAtMs, , , , sentAtMs, , lane] = row;
      if (visibleAtMs > claim.nowMs) return;
      if (sentAtMs >= born) chosen.push(row);
      if (chosen.length >= max) return;
      if (index >= following.length) {
        following = this.#behind(queue.id, position, lane, max);
        index = 0;
      }
      const next = following[index++];
      if (!next) return;
      row = next;
    }
  }
}
