/**
 * Histories made by hand: each line is one call, told in the order of time.
 *
 * ```ts
 * const tale = new Tale();
 * tale.send('jobs', 'a');
 * const [a] = tale.receive('jobs', ['a']);
 * tale.delete(a);
 * ```
 */
import type {
  ChangeFacts,
  Counted,
  Entry,
  History,
  ItemCall,
  Outcome,
  QueueFacts,
  ReaderFacts,
  Received,
  RecordFacts,
  ScheduleFacts,
  Send,
} from '../history.ts';

export const LEASE_MS = 1_000;

export const QUEUES: readonly QueueFacts[] = [
  { name: 'jobs' },
  { name: 'other' },
  { name: 'brief', retentionMs: 60_000 },
  { name: 'orders.fifo', ordered: true },
  { name: 'work', deadLetters: { queue: 'work-dead', maxReceives: 2 } },
  { name: 'work-dead' },
];

type Row = readonly [item: string, count: number, key: string];

interface Handed {
  readonly queue: string;
  readonly handle: string;
}

export class Tale {
  readonly entries: Entry[] = [];
  readonly schedules: ScheduleFacts[] = [];
  #nowMs = 0;
  #handles = 0;
  #sequence = 0n;
  #table: ChangeFacts | undefined;
  #stream: RecordFacts | undefined;
  readonly #readers: ReaderFacts[] = [];
  #transactions = 0;
  readonly #sent = new Map<string, { messageId: string; sequence: bigint; group?: string }>();
  readonly #counts = new Map<string, number>();

  wait(ms: number): this {
    this.#nowMs += ms;
    return this;
  }

  send(queue: string, key: string, more: Partial<Send> = {}): this {
    const sequence = more.sequence ?? ++this.#sequence;
    const messageId = more.messageId ?? `id-of-${key}`;
    this.#sent.set(key, { messageId, sequence, ...(more.group && { group: more.group }) });
    const said = more.outcome === undefined || more.outcome === 'ok';
    this.#add({
      ...{ op: 'send', queue, key, digest: digestOf(key), ...this.#span(more.outcome) },
      ...(said && { messageId, ...(queue.endsWith('.fifo') && { sequence }) }),
      ...more,
    });
    return this;
  }

  /** One receive that brings `keys` in this order, with counts that go on from the last. */
  receive(
    queue: string,
    keys: readonly string[],
    more: Partial<Received> & { readonly leaseMs?: number } = {},
  ): Handed[] {
    const { leaseMs = LEASE_MS, ...change } = more;
    const messages = keys.map((key): Received => {
      const receiveCount = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, receiveCount);
      const sent = this.#sent.get(key);
      return {
        ...{ key, digest: digestOf(key), messageId: sent?.messageId ?? `id-of-${key}` },
        ...{ handle: `handle-${++this.#handles}`, receiveCount },
        ...(queue.endsWith('.fifo') && sent && { sequence: sent.sequence }),
        ...(sent?.group !== undefined && { group: sent.group }),
        ...change,
      };
    });
    this.#add({ op: 'receive', queue, leaseMs, messages, ...this.#span() });
    return messages.map(({ handle }) => ({ queue, handle }));
  }

  delete(handed: Handed | undefined, outcome?: Outcome): this {
    if (handed) this.#add({ op: 'delete', ...handed, ...this.#span(outcome) });
    return this;
  }

  change(handed: Handed | undefined, leaseMs: number, outcome?: Outcome): this {
    if (handed) this.#add({ op: 'change', leaseMs, ...handed, ...this.#span(outcome) });
    return this;
  }

  /** Receives and deletes, as a consumer that does its work does. */
  consume(queue: string, ...keys: readonly string[]): this {
    for (const handed of this.receive(queue, keys)) this.delete(handed);
    return this;
  }

  publish(key: string, expects: readonly string[], outcome?: Outcome): this {
    this.#add({ op: 'publish', key, digest: digestOf(key), expects, ...this.#span(outcome) });
    return this;
  }

  arrive(endpoint: string, key: string, accepted = true, digest = digestOf(key)): this {
    this.#add({ op: 'arrival', endpoint, key, digest, accepted, atMs: this.#nowMs++ });
    return this;
  }

  /** What the table and its change stream hold at the end; `changes` as item, count and key. */
  table(items: readonly Row[], changes: readonly Row[]): this {
    const counts = new Map<string, number>();
    this.#table = {
      queue: 'jobs',
      items: items.map(countedOf),
      changes: changes.map((change) => {
        const counted = countedOf(change);
        const before = counts.get(counted.item) ?? 0;
        counts.set(counted.item, counted.count);
        return { ...counted, before, isFirst: before === 0 };
      }),
    };
    return this;
  }

  /** The keys that the stream of records holds at the end. */
  stream(...keys: readonly string[]): this {
    this.#stream = { queue: 'jobs', records: keys.map((key) => ({ group: 'g', key })) };
    return this;
  }

  /** What a reader got of the stream, from its oldest record to its newest. */
  reader(keys: readonly string[], more: Partial<ReaderFacts> = {}): this {
    const facts = { reader: 'r', shard: '', fromOldest: true, toNewest: true };
    this.#readers.push({ ...facts, keys, ...more });
    return this;
  }

  /** One call on the item `i`; `beganBefore` calls it so much earlier than it was answered. */
  item(kind: ItemCall['kind'], more: Partial<ItemCall> & { readonly beganBefore?: number }): this {
    const { beganBefore = 0, outcome, ...call } = more;
    const span = this.#span(outcome);
    const invokedAtMs = span.invokedAtMs - beganBefore;
    this.#add({ op: 'item', item: 'i', kind, ...span, invokedAtMs, ...call });
    return this;
  }

  /** A transaction; `beganBefore` as with items. */
  transact(
    reads: Readonly<Record<string, readonly string[]>>,
    appends: Readonly<Record<string, string>> = {},
    more: { readonly outcome?: Outcome; readonly beganBefore?: number } = {},
  ): this {
    const span = this.#span(more.outcome);
    const invokedAtMs = span.invokedAtMs - (more.beganBefore ?? 0);
    const id = `t${++this.#transactions}`;
    this.#add({ op: 'transaction', id, reads, appends, ...span, invokedAtMs });
    return this;
  }

  schedule(schedule: Omit<ScheduleFacts, 'queue' | 'periodMs' | 'crashedAtMs'>): this {
    this.schedules.push({ queue: 'jobs', periodMs: 60_000, crashedAtMs: [], ...schedule });
    return this;
  }

  end(): History {
    const { entries, schedules } = this;
    const [changes, records] = [this.#table, this.#stream];
    return {
      ...{ entries, schedules, queues: QUEUES, drained: true, endedAtMs: this.#nowMs },
      ...(changes && { changes }),
      ...(records && { records }),
      readers: this.#readers,
    };
  }

  #add(entry: Entry): void {
    this.entries.push(entry);
  }

  #span(outcome: Outcome = 'ok') {
    const invokedAtMs = this.#nowMs++;
    return { invokedAtMs, returnedAtMs: this.#nowMs++, outcome };
  }
}

function countedOf([item, count, key]: Row): Counted {
  return { item, count, key };
}

function digestOf(key: string): string {
  return `digest-of-${key}`;
}
