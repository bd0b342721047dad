/**
 * The numbers that are given out: positions of messages and versions of rows.
 *
 * One sequence for all queues and tables, so that a number never comes twice, not even when the
 * last message is gone and the process starts anew. A list that is undone leaves a gap.
 */
export class Sequence {
  #last: number;

  constructor(last: number) {
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}
