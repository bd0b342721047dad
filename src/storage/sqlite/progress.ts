/**
 * How far the engine has come: the number of the last group commit and the last number given
 * out. One row, written by every group commit.
 */
import type { DatabaseSync } from 'node:sqlite';
import { rowOf, runOf } from './database.ts';
import { Sequence } from './sequence.ts';
import type { Remembered, Undo } from './undo.ts';

export class Progress implements Remembered {
  commits: number;
  readonly sequence: Sequence;
  readonly #undo: Undo;
  readonly #write;

  constructor(sql: DatabaseSync, undo: Undo) {
    const [commits, last] = rowOf<[number, number]>(
      sql,
      'SELECT commits, sequence FROM progress',
    )() ?? [0, 0];
    this.commits = commits;
    this.sequence = new Sequence(last);
    this.#undo = undo;
    this.#write = runOf(sql, 'UPDATE progress SET commits = ?, sequence = ?');
  }

  /** To be called before the group commits. */
  advance(): void {
    this.#undo.touch(this);
    this.commits += 1;
    this.#write(this.commits, this.sequence.last);
  }

  save(): () => void {
    const { commits } = this;
    return () => {
      this.commits = commits;
    };
  }
}
