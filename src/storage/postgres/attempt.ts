/**
 * One attempt to carry out a group in one transaction: rounds of lists and claims, and the COMMIT.
 * It answers nobody; whoever began it knows what became of it.
 */
import { type Claimed, Conflict, isConditional, type Write } from '../storage.ts';
import type { Connection } from './connection.ts';
import { Surprise } from './errors.ts';
import { type Statement, statement } from './names.ts';
import { type ClaimWork, type ListWork, type Round, toRounds, type Work } from './rounds.ts';
import type { Answer } from './stage.ts';
import { receiptOf, type Stages } from './stages.ts';
import { Transaction } from './transaction.ts';

/** What is set for each transaction, because a pooler may hand us any connection. */
export type Settings = Readonly<Record<string, string>>;

const BEGIN = statement('', 'BEGIN');
const TRANSACTION_ID = statement('xact-id', 'SELECT pg_current_xact_id_if_assigned()::text');

/** How a transaction begins: gets an id if it is to write, and sets what is to be set. */
export function settingStatement(settings: Settings, writes: boolean): Statement {
  const set = Object.entries(settings).map(
    ([name, value]) => `set_config('${name}', '${value}', true)`,
  );
  // With an id from the start, the fate of a COMMIT that is not answered can be asked for.
  const id = writes ? 'pg_current_xact_id()::text' : 'NULL';
  return statement(`begin-${writes ? 'write' : 'claim'}`, `SELECT ${[id, ...set].join(', ')}`);
}

export class Attempt {
  readonly #stages: Stages;
  readonly #group: readonly Work[];
  readonly #answers = new Map<Work, () => unknown>();
  readonly #tx: Transaction;
  #transactionId: string | undefined;
  readonly #sent: Promise<unknown>[] = [];
  #state: 'open' | 'committing' | 'ended' = 'open';
  #changed = false;

  constructor(connection: Connection, stages: Stages, group: readonly Work[]) {
    this.#tx = new Transaction(connection);
    this.#stages = stages;
    this.#group = group;
  }

  /** When this resolves the group is committed; it rejects with what began the failure. */
  async run(settings: Settings): Promise<void> {
    this.#stages.begin();
    try {
      await this.#transact(settings);
    } catch (cause) {
      throw this.#tx.failure?.cause ?? cause;
    }
  }

  /**
   * `open`: it has to be rolled back. `committing`: COMMIT was sent and not answered; only the
   * database knows what became of it.
   */
  get state(): 'open' | 'committing' | 'ended' {
    return this.#state;
  }

  /** Undefined where nothing was changed: then it does not matter what became of it. */
  get transactionId(): string | undefined {
    return this.#transactionId;
  }

  async rollBack(): Promise<void> {
    await this.#tx.end('ROLLBACK');
  }

  /** After the commit: tells everyone. */
  answer(): void {
    for (const work of this.#group) {
      try {
        if (work.refused) throw work.refused.cause;
        work.resolve(this.#answers.get(work)?.());
      } catch (cause) {
        work.reject(cause);
      }
    }
  }

  async #transact(settings: Settings): Promise<void> {
    const rounds = toRounds(this.#group);
    const writes = rounds.some(({ lists }) => lists.length > 0);
    void this.#tx.query(BEGIN).catch(ignore);
    const nothing = !writes && Object.keys(settings).length === 0;
    const begun = nothing
      ? Promise.resolve([])
      : this.#tx.query<readonly [string | null]>(settingStatement(settings, writes));
    begun.catch(ignore);
    for (const round of rounds) await this.#round(round);
    this.#transactionId = (await begun)[0]?.[0] ?? undefined;
    if (!writes && this.#changed) await this.#findTransactionId();
    this.#keep(this.#stages.finish(this.#tx));
    this.#state = 'committing';
    const ended = await this.#tx.end('COMMIT');
    this.#state = 'ended';
    // The stages take in what they were answered; refusals of the database come out here.
    const [refused] = (await Promise.allSettled(this.#sent)).filter(isRefused);
    if (ended !== 'COMMIT') throw refused?.reason ?? new Surprise('It was rolled back.');
  }

  async #round({ lists, claims }: Round): Promise<void> {
    if (lists.length > 0) {
      await this.#stages.prepare(
        this.#tx,
        lists.flatMap(({ task }) => task.writes),
      );
      for (const work of lists) this.#apply(work);
      this.#keep(this.#stages.flush(this.#tx));
    }
    if (claims.length === 0) return;
    const claimed = await this.#stages.queues.claim(
      this.#tx,
      claims.map(({ task }) => task),
    );
    const follows = claims.flatMap((work, index) => this.#follow(work, claimed[index] ?? []));
    if (follows.length === 0) return;
    await this.#stages.prepare(
      this.#tx,
      follows.flatMap(({ writes }) => writes),
    );
    for (const { writes, turn } of follows) this.#stages.apply(writes, turn);
    this.#keep(this.#stages.flush(this.#tx));
  }

  /** Does not wait: the rest, COMMIT among it, can share the trip. */
  #keep(sent: Promise<unknown>): void {
    sent.catch(ignore);
    this.#sent.push(sent);
  }

  #apply(work: ListWork): void {
    const answers = this.#stages.apply(work.task.writes, work.turn);
    if (answers instanceof Conflict) {
      this.#answers.set(work, () => {
        throw answers;
      });
      return;
    }
    this.#answers.set(work, () => toReceipts(answers));
  }

  #follow(work: ClaimWork, claimed: readonly Claimed[]) {
    this.#answers.set(work, () => claimed);
    if (claimed.length === 0) return [];
    this.#changed = true;
    const { follow } = work.task.claim;
    if (!follow) return [];
    try {
      return [{ writes: unconditional(follow(claimed)), turn: work.turn }];
    } catch (cause) {
      // It takes nothing: the group runs again without it.
      work.refused = { cause };
      throw new Surprise('The writes that follow a claim failed.');
    }
  }

  async #findTransactionId(): Promise<void> {
    const [row] = await this.#tx.query<readonly [string | null]>(TRANSACTION_ID);
    this.#transactionId = row?.[0] ?? undefined;
  }
}

function toReceipts(answers: readonly Answer[]) {
  return answers.map(receiptOf);
}

function unconditional(writes: readonly Write[]): readonly Write[] {
  if (writes.some(isConditional)) {
    throw new TypeError('Writes that follow a claim must not carry conditions.');
  }
  return writes;
}

function isRefused(one: PromiseSettledResult<unknown>): one is PromiseRejectedResult {
  return one.status === 'rejected';
}

/** Its error is `failure` of the transaction. */
function ignore(): void {}
