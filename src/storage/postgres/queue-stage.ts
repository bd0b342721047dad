/**
 * Queues in the rounds of a transaction: see `stage.ts` for what each step is.
 *
 * What must be known is read and locked first (`queue-prepare.ts`), writes are decided on in
 * memory (`queue-apply.ts`) and sent together (`queue-flush.ts`); claims come after them.
 */
import type { Claimed } from '../storage.ts';
import type { Schema } from './names.ts';
import { Applying } from './queue-apply.ts';
import { Claims } from './queue-claims.ts';
import type { Floors } from './queue-floors.ts';
import { Flushing } from './queue-flush.ts';
import type { QueueNames } from './queue-names.ts';
import { LaneFloors } from './queue-needs.ts';
import { Preparing } from './queue-prepare.ts';
import { Round } from './queue-round.ts';
import type { Answer, ClaimOf, ClaimStage, Hints, QueueWrite, Undo } from './stage.ts';
import type { Transaction } from './transaction.ts';

export interface QueueStageOptions {
  readonly schema: Schema;
  readonly names: QueueNames;
  readonly floors: Floors;
  readonly hints: Hints;
  /** For how long ago something was looked up, never for what is stored. */
  readonly wallNowMs: () => number;
}

export class QueueStage implements ClaimStage<QueueWrite> {
  readonly #names: QueueNames;
  readonly #hints: Hints;
  readonly #floors: Floors;
  readonly #preparing: Preparing;
  readonly #flushing: Flushing;
  readonly #claims: Claims;
  #round = new Round();
  #applying: Applying;

  constructor({ schema, names, floors, hints, wallNowMs }: QueueStageOptions) {
    const laneFloors = new LaneFloors();
    this.#names = names;
    this.#hints = hints;
    this.#floors = floors;
    this.#preparing = new Preparing(schema, names, laneFloors);
    this.#flushing = new Flushing(schema, floors);
    this.#claims = new Claims(schema, { names, floors, laneFloors, wallNowMs });
    this.#applying = new Applying(names, this.#round);
  }

  begin(): void {
    this.#names.begin();
    this.#floors.begin();
    this.#start(new Round());
  }

  async prepare(tx: Transaction, writes: readonly QueueWrite[]): Promise<void> {
    this.#start(await this.#preparing.prepare(tx, writes));
  }

  mark(): Undo {
    return this.#round.mark();
  }

  apply(write: QueueWrite): Answer {
    this.#hint(write);
    return this.#applying.apply(write);
  }

  async flush(tx: Transaction): Promise<void> {
    const round = this.#round;
    this.#start(new Round());
    await this.#flushing.flush(tx, round);
  }

  async claim(
    tx: Transaction,
    claims: readonly ClaimOf[],
  ): Promise<readonly (readonly Claimed[])[]> {
    await this.#flushing.settled;
    return this.#claims.claim(tx, claims);
  }

  async finish(): Promise<void> {}

  end(committed: boolean): void {
    this.#names.end(committed);
    this.#floors.end(committed);
    if (!committed) this.#claims.forget();
  }

  #start(round: Round): void {
    this.#round = round;
    this.#applying = new Applying(this.#names, round);
  }

  /** Where messages take turns, one that goes makes the next one claimable. */
  #hint(write: QueueWrite): void {
    const name = 'lease' in write ? write.lease.queue : write.queue;
    const goes = write.kind === 'settle' || write.kind === 'expire';
    if (write.kind === 'purge' || (goes && !this.#names.known(name)?.ordered)) return;
    this.#hints.touch(name);
  }
}
