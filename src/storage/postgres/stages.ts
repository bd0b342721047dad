/**
 * The stages together: each write goes to the stage of its noun, and every step goes through them
 * in the one order that all nodes keep.
 */
import { Conflict, isConditional, type Receipt, type Write } from '../storage.ts';
import type { Connection } from './connection.ts';
import type { LogStage, LogWrite } from './logs.ts';
import type { Answer, ClaimStage, QueueWrite, Stage, Undo } from './stage.ts';
import type { TableStage, TableWrite } from './tables.ts';
import type { Transaction } from './transaction.ts';

export interface StageParts {
  readonly tables: TableStage;
  readonly queues: ClaimStage<QueueWrite>;
  readonly logs: LogStage;
}

export class Stages {
  readonly #parts: StageParts;

  constructor(parts: StageParts) {
    this.#parts = parts;
  }

  get queues(): ClaimStage<QueueWrite> {
    return this.#parts.queues;
  }

  begin(): void {
    for (const stage of this.#inOrder()) stage.begin();
  }

  async prepare(tx: Transaction, writes: readonly Write[]): Promise<void> {
    const tables: TableWrite[] = [];
    const queues: QueueWrite[] = [];
    for (const write of writes) {
      if (isOfTable(write)) tables.push(write);
      else if (!isOfLog(write)) queues.push(write);
    }
    const { tables: tableStage, queues: queueStage } = this.#parts;
    await Promise.all([
      tables.length > 0 ? tableStage.prepare(tx, tables) : undefined,
      queues.length > 0 ? queueStage.prepare(tx, queues) : undefined,
    ]);
  }

  /** One list, or the refusal that takes it back as a whole. */
  apply(writes: readonly Write[], turn: number): readonly Answer[] | Conflict {
    this.#parts.logs.turn(turn);
    const undos: readonly Undo[] | undefined = writes.some(isConditional)
      ? this.#inOrder().map((stage) => stage.mark())
      : undefined;
    try {
      return writes.map((write) => this.#applyOne(write));
    } catch (cause) {
      if (!(cause instanceof Conflict) || !undos) throw cause;
      for (const undo of undos) undo();
      return cause;
    }
  }

  async flush(tx: Transaction): Promise<void> {
    await Promise.all(this.#inOrder().map((stage) => stage.flush(tx)));
  }

  async recover(connection: Connection, transactionId: string): Promise<void> {
    for (const stage of this.#inOrder()) await stage.recover?.(connection, transactionId);
  }

  async finish(tx: Transaction): Promise<void> {
    await Promise.all(this.#inOrder().map((stage) => stage.finish(tx)));
  }

  end(committed: boolean): void {
    for (const stage of this.#inOrder()) stage.end(committed);
  }

  #applyOne(write: Write): Answer {
    const { tables, queues, logs } = this.#parts;
    if (isOfTable(write)) return tables.apply(write);
    if (isOfLog(write)) return logs.apply(write);
    return queues.apply(write);
  }

  #inOrder(): readonly Stage<never>[] {
    const { tables, queues, logs } = this.#parts;
    return [tables, queues, logs];
  }
}

function isOfTable(write: Write): write is TableWrite {
  return write.kind === 'put' || write.kind === 'remove' || write.kind === 'check';
}

function isOfLog(write: Write): write is LogWrite {
  return write.kind === 'append' || write.kind === 'trim';
}

export function receiptOf(answer: Answer): Receipt {
  return typeof answer === 'function' ? answer() : answer;
}
