/**
 * The PostgreSQL engine behind the storage seam: the parts of one node, put together.
 *
 * Writes and claims go through the group commit on one connection, reads through two others (one
 * for what is quick, one for what may take longer), hints and work in the background through one
 * more each.
 */
import { type Clock, realClock } from '../../core/clock.ts';
import { randomIds } from '../../core/ids.ts';
import type { Reporting } from '../reporting.ts';
import type {
  Claim,
  Claimed,
  Counts,
  LogBounds,
  LogEntry,
  LogRead,
  Peek,
  Peeked,
  Receipt,
  Row,
  Scan,
  Storage,
  Write,
} from '../storage.ts';
import type { Settings } from './attempt.ts';
import { Chores } from './chores.ts';
import type { Connection } from './connection.ts';
import { codeOf } from './errors.ts';
import { Group } from './group.ts';
import { Line } from './line.ts';
import { dropping, rolling } from './log-parts.ts';
import { LogReads } from './log-reads.ts';
import { LogStage } from './logs.ts';
import type { Schema } from './names.ts';
import { type PostgresReport, Probe } from './probe.ts';
import { openQueues } from './queue.ts';
import { LineReader } from './reader.ts';
import type { QueueReads } from './stage.ts';
import { Stages } from './stages.ts';
import { TableReads } from './table-reads.ts';
import { TableStage } from './tables.ts';
import { Bulletin } from './watch-bulletin.ts';
import { Poll } from './watch-poll.ts';
import { Watchers } from './watchers.ts';

export type OnWarning = (message: string, fields: Readonly<Record<string, unknown>>) => void;

export interface EngineOptions {
  /** Opens a connection that is checked and ready. */
  readonly open: (purpose: string) => Promise<Connection>;
  readonly schema: Schema;
  /** This node's number among those that share the schema; small, and not always its own. */
  readonly node: number;
  /** What every transaction sets, and whether reads have to as well. */
  readonly settings: Settings;
  readonly pooled: boolean;
  readonly patienceMs: number;
  readonly pollMs: number;
  readonly mostOffsetMs: number;
  readonly onWarning: OnWarning;
}

const NO_RECEIPTS = Promise.resolve<readonly Receipt[]>(Object.freeze([]));

export class PostgresStorage implements Storage, Reporting {
  /** Any number of nodes may be at work on the database. */
  readonly shared = true;
  readonly #lines: readonly Line[];
  readonly #group: Group;
  readonly #queues: QueueReads;
  readonly #logs: LogReads;
  readonly #tables: TableReads;
  readonly #watchers = new Watchers();
  readonly #bulletin: Bulletin | undefined;
  readonly #poll: Poll;
  readonly #chores: Chores;
  readonly #probe: Probe;
  #closing: Promise<void> | undefined;

  constructor(options: EngineOptions) {
    const clock = realClock();
    const { schema, settings, pooled, onWarning } = options;
    const line = (purpose: string) => toLine(options, clock, purpose);
    const [writing, quick, slow] = [line('write'), line('read'), line('scan')];
    const [hinting, choring] = [line('listen'), line('chores')];
    this.#lines = [writing, quick, slow, hinting, choring];
    const ofReads = pooled ? settings : undefined;
    const [soon, later] = [new LineReader(quick, ofReads), new LineReader(slow, ofReads)];
    const watchers = this.#watchers;
    const queues = openQueues({ schema, reader: soon, hints: watchers });
    const logs = new LogStage(schema, { touch: (name) => watchers.touchLog(name) });
    const tables = new TableStage(schema, options.node);
    this.#queues = queues.reads;
    this.#logs = new LogReads(later, schema);
    this.#tables = new TableReads(soon, later, schema);
    this.#group = new Group({
      line: writing,
      stages: new Stages({ tables, queues: queues.stage, logs }),
      clock,
      settings: pooled ? settings : {},
      ended: (committed) => this.#ended(committed),
      onRetry: (cause) => {
        if (codeOf(cause) === '40P01') onWarning('a deadlock was resolved', {});
      },
    });
    const hear = (names: readonly string[]) => watchers.tellOf(names);
    const missed = () => watchers.tellOf(watchers.names);
    const node = randomIds().uuid();
    if (!pooled) {
      this.#bulletin = new Bulletin({ line: hinting, clock, schema, node, hear, missed });
    }
    const everyMs = options.pollMs;
    this.#poll = new Poll({ reader: soon, queues: this.#queues, schema, watchers, clock, everyMs });
    const chores = [rolling(schema), dropping(schema), ...queues.chores];
    this.#chores = new Chores({ line: choring, clock, schema, settings, chores, onWarning });
    const { mostOffsetMs } = options;
    this.#probe = new Probe({ line: choring, clock, schema, mostOffsetMs, onWarning });
  }

  commit(writes: readonly Write[]): Promise<readonly Receipt[]> {
    if (writes.length === 0) return NO_RECEIPTS;
    return this.#group.handIn({ writes });
  }

  claim(queue: string, claim: Claim): Promise<readonly Claimed[]> {
    return this.#group.handIn({ queue, claim });
  }

  peek(queue: string, peek: Peek): Promise<readonly Peeked[]> {
    return this.#queues.peek(queue, peek);
  }

  counts(queue: string, nowMs: number): Promise<Counts> {
    return this.#queues.counts(queue, nowMs);
  }

  nextVisibleAtMs(queue: string, nowMs: number): Promise<number> {
    return this.#queues.nextVisibleAtMs(queue, nowMs);
  }

  watch(queueOrLog: string, notify: () => void): () => void {
    return this.#watchers.watch(queueOrLog, notify);
  }

  queues(prefix: string): Promise<readonly string[]> {
    return this.#queues.queues(prefix);
  }

  read(log: string, read: LogRead): Promise<readonly LogEntry[]> {
    return this.#logs.read(log, read);
  }

  bounds(log: string): Promise<LogBounds> {
    return this.#logs.bounds(log);
  }

  get(table: string, partition: string, key: string): Promise<Row | undefined> {
    return this.#tables.get(table, partition, key);
  }

  scan(table: string, partition: string, scan: Scan = {}): Promise<readonly Row[]> {
    return this.#tables.scan(table, partition, scan);
  }

  revision(table: string, partition: string): Promise<number> {
    return this.#tables.revision(table, partition);
  }

  idle(): Promise<void> {
    return this.#group.flushed;
  }

  async report(): Promise<PostgresReport> {
    const { commitSeconds, groupSizes } = this.#group;
    return { ...(await this.#probe.report()), commitSeconds, groupSizes };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#group.flushed;
    this.#group.stop('The storage is closed.');
    this.#bulletin?.close();
    this.#probe.close();
    await Promise.all([this.#poll.close(), this.#chores.close()]);
    await Promise.all(this.#lines.map((line) => line.close()));
  }

  #ended(committed: boolean): void {
    if (!committed) {
      this.#watchers.forget();
      return;
    }
    const names = this.#watchers.tell();
    this.#bulletin?.publish(names);
  }
}

function toLine({ open, patienceMs }: EngineOptions, clock: Clock, purpose: string): Line {
  return new Line({ open: () => open(purpose), clock, patienceMs });
}
