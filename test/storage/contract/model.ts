/**
 * What a storage engine must do, kept in plain arrays: the reference that every engine is
 * compared with.
 *
 * Where the seam leaves an engine free (which messages a claim takes, what number a version gets,
 * how soon trimmed records go) the model is told what the engine did, checks that it was allowed
 * to, and goes on from there.
 */
import { expect } from 'vitest';
import type {
  Check,
  Claim,
  Claimed,
  Counts,
  Enqueue,
  LogEntry,
  LogRead,
  Message,
  Peeked,
  Put,
  Receipt,
  Release,
  Remove,
  Row,
  Scan,
  Settle,
  Write,
} from '../../../src/storage/storage.ts';

interface Held {
  readonly message: Message;
  readonly position: number;
  meta: string | undefined;
  visibleAtMs: number;
  token: number;
  claims: number;
  firstClaimedAtMs: number | undefined;
}

interface Remembered {
  readonly untilMs: number;
  readonly position: number;
  readonly id: string;
}

interface ModelLog {
  readonly records: LogEntry[];
  first: number;
}

/** Thrown inside the model where an engine would reject with `Conflict`. */
const CONFLICT = Symbol('conflict');

export class Model {
  #queues = new Map<string, Held[]>();
  #dedup = new Map<string, Map<string, Remembered>>();
  #logs = new Map<string, ModelLog>();
  #tables = new Map<string, Map<string, Row>>();
  #versions = new Set<number>();

  /** Whether the list must be refused. What it changed is forgotten then. */
  commit(writes: readonly Write[], actual: readonly Receipt[] | undefined): void {
    const before = structuredClone({
      queues: this.#queues,
      dedup: this.#dedup,
      logs: this.#logs,
      tables: this.#tables,
    });
    try {
      const expected = writes.map((write, index) => this.#apply(write, actual?.[index] ?? {}));
      expect(actual).toEqual(expected);
    } catch (cause) {
      if (cause !== CONFLICT) throw cause;
      expect(actual, 'the list has a condition that does not hold').toBeUndefined();
      this.#queues = before.queues;
      this.#dedup = before.dedup;
      this.#logs = before.logs;
      this.#tables = before.tables;
    }
  }

  /** Checks what an engine claimed, and that it claimed all it could. */
  claim(name: string, claim: Claim, actual: readonly Claimed[]): void {
    const claimable = this.#claimable(name, claim);
    const room = claim.maxInFlight ?? Number.POSITIVE_INFINITY;
    const left = Math.max(0, room - this.#inFlight(name, claim));
    expect(actual).toHaveLength(Math.min(claim.max, left, claimable.length));
    const taken = actual.map(({ lease }) => this.#at(name, lease.position));
    for (const held of taken) expect(claimable).toContain(held);
    for (const held of taken.filter(({ message }) => message.ordered)) {
      const inGroup = (one: Held) => one.message.group === held.message.group;
      const those = taken.filter(inGroup);
      expect(those).toEqual(claimable.filter(inGroup).slice(0, those.length));
    }
    const expected = taken.map((held) => this.#lease(name, held, claim));
    expect(actual).toEqual(expected);
    for (const write of claim.follow?.(actual) ?? []) this.#apply(write, {});
  }

  counts(name: string, nowMs: number): Counts {
    const all = this.#queue(name);
    const hidden = all.filter(({ visibleAtMs }) => visibleAtMs > nowMs);
    const inFlight = hidden.filter(({ token }) => token > 0).length;
    return {
      visible: all.length - hidden.length,
      inFlight,
      delayed: hidden.length - inFlight,
      ...(all.length > 0 && {
        oldestSentAtMs: Math.min(...all.map(({ message }) => message.sentAtMs)),
      }),
    };
  }

  nextVisibleAtMs(name: string, nowMs: number): number {
    const hidden = this.#queue(name).filter(({ visibleAtMs }) => visibleAtMs > nowMs);
    return Math.min(...hidden.map(({ visibleAtMs }) => visibleAtMs));
  }

  peek(name: string, nowMs: number): readonly Peeked[] {
    return this.#queue(name).map((held) => {
      const { position, token, claims, firstClaimedAtMs } = held;
      const hidden = token > 0 ? 'in-flight' : 'delayed';
      return {
        ...shown(held),
        position,
        token,
        claims,
        ...(firstClaimedAtMs !== undefined && { firstClaimedAtMs }),
        state: held.visibleAtMs > nowMs ? hidden : 'visible',
      };
    });
  }

  queues(prefix: string): readonly string[] {
    const full = [...this.#queues].filter(([, messages]) => messages.length > 0);
    return full
      .map(([name]) => name)
      .filter((name) => name.startsWith(prefix))
      .sort();
  }

  read(name: string, { from, max, sinceMs = 0 }: LogRead): readonly LogEntry[] {
    const log = this.#log(name);
    return log.records
      .filter(({ position, atMs }) => position >= Math.max(from, log.first) && atMs >= sinceMs)
      .slice(0, max);
  }

  /** The bounds, if trimmed records go at once; the engine may be at `actualFirst` still. */
  bounds(name: string, actualFirst: number) {
    const log = this.#log(name);
    expect(actualFirst).toBeLessThanOrEqual(log.first);
    log.first = actualFirst;
    const kept = log.records.filter(({ position }) => position >= log.first);
    const bytes = kept.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
    return { first: log.first, next: log.records.length + 1, bytes };
  }

  scan(table: string, partition: string, scan: Scan): readonly Row[] {
    const { after, before, prefix = '', limit, reverse } = scan;
    const rows = [...this.#table(table, partition).values()]
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
      .filter(({ key }) => key.startsWith(prefix))
      .filter(({ key }) => after === undefined || bytesAfter(key, after))
      .filter(({ key }) => before === undefined || bytesAfter(before, key));
    return (reverse ? rows.reverse() : rows).slice(0, limit);
  }

  #apply(write: Write, actual: Receipt): Receipt {
    switch (write.kind) {
      case 'enqueue':
        return this.#enqueue(write, actual);
      case 'settle':
      case 'release':
        return this.#settleOrRelease(write);
      case 'redelay':
        for (const held of this.#queue(write.queue)) {
          if (held.token === 0) held.visibleAtMs = held.message.sentAtMs + write.delayMs;
        }
        return {};
      case 'expire': {
        const old = this.#queue(write.queue)
          .filter(({ message }) => message.sentAtMs < write.bornBeforeMs)
          .sort((a, b) => a.message.sentAtMs - b.message.sentAtMs || a.position - b.position)
          .slice(0, write.max);
        for (const held of old) this.#remove(write.queue, held);
        return { changed: old.length };
      }
      case 'purge': {
        const changed = this.#queue(write.queue).length;
        this.#queues.delete(write.queue);
        if (write.forget) this.#dedup.delete(write.queue);
        return { changed };
      }
      case 'append': {
        const { records } = this.#log(write.log);
        const position = records.length + 1;
        records.push({ ...write.record, position });
        return { position };
      }
      case 'trim': {
        const log = this.#log(write.log);
        const { keep = Number.POSITIVE_INFINITY, before = 0, beforeMs = 0 } = write;
        const young = log.records.filter(({ atMs }) => atMs >= beforeMs);
        const next = log.records.length + 1;
        log.first = Math.min(
          next,
          Math.max(log.first, before, next - keep, young[0]?.position ?? next),
        );
        return {};
      }
      case 'put':
        return this.#put(write, actual);
      case 'remove':
        return this.#removeRow(write);
      case 'check':
        this.#checkVersion(write);
        return {};
    }
  }

  #enqueue({ queue, message, dedup }: Enqueue, actual: Receipt): Receipt {
    const memory = this.#dedup.get(queue) ?? new Map<string, Remembered>();
    this.#dedup.set(queue, memory);
    const earlier = dedup && memory.get(dedup.key);
    if (earlier && earlier.untilMs > dedup.nowMs) {
      return { position: earlier.position, duplicateOf: earlier.id };
    }
    const position = actual.position ?? Number.NaN;
    // A list that is refused has no receipts.
    if (actual.position !== undefined) {
      expect(position).toBeGreaterThan(this.#queue(queue).at(-1)?.position ?? 0);
    }
    const claims = message.claims ?? 0;
    this.#queue(queue).push({
      message,
      position,
      meta: message.meta,
      visibleAtMs: Math.max(message.visibleAtMs, message.sentAtMs),
      token: 0,
      claims,
      firstClaimedAtMs: claims > 0 ? message.firstClaimedAtMs : undefined,
    });
    if (dedup) memory.set(dedup.key, { untilMs: dedup.untilMs, position, id: message.id });
    return { position };
  }

  #settleOrRelease(write: Settle | Release): Receipt {
    const { queue, position, token } = write.lease;
    const held = this.#queue(queue).find((one) => one.position === position);
    const isHeld =
      held &&
      (write.fence === 'latest' ? held.token === token : held.token >= token) &&
      (write.aliveAtMs === undefined || held.visibleAtMs > write.aliveAtMs);
    if (!isHeld) {
      if (write.lost === 'conflict') throw CONFLICT;
      return { changed: 0 };
    }
    if (write.kind === 'settle') {
      this.#remove(queue, held);
    } else {
      held.visibleAtMs = Math.max(write.visibleAtMs, held.message.sentAtMs);
      held.meta = write.meta ?? held.meta;
    }
    return { changed: 1 };
  }

  #put(put: Put, actual: Receipt): Receipt {
    this.#checkVersion(put);
    const { key, value } = put;
    const rows = this.#table(put.table, put.partition);
    const version = actual.version ?? Number.NaN;
    if (actual.version !== undefined) {
      expect(version).toBeGreaterThan(0);
      expect(this.#versions, 'a version that was not there before').not.toContain(version);
      this.#versions.add(version);
    }
    rows.set(key, { key, value, version });
    return { version };
  }

  #removeRow(remove: Remove): Receipt {
    this.#checkVersion(remove);
    this.#table(remove.table, remove.partition).delete(remove.key);
    return {};
  }

  #checkVersion({ table, partition, key, ifVersion }: Put | Remove | Check): void {
    const version = this.#table(table, partition).get(key)?.version ?? 0;
    if (ifVersion !== undefined && version !== ifVersion) throw CONFLICT;
  }

  /** All that a claim without bounds would take, group by group in order. */
  #claimable(name: string, { nowMs, bornAfterMs = 0 }: Claim): readonly Held[] {
    const blocked = new Set<string | undefined>();
    return this.#queue(name).filter(({ message, visibleAtMs }) => {
      if (message.ordered && blocked.has(message.group)) return false;
      const visible = visibleAtMs <= nowMs;
      if (!visible) blocked.add(message.group);
      return visible && message.sentAtMs >= bornAfterMs;
    });
  }

  #inFlight(name: string, { nowMs, bornAfterMs = 0 }: Claim): number {
    return this.#queue(name).filter(
      ({ visibleAtMs, token, message }) =>
        visibleAtMs > nowMs && token > 0 && message.sentAtMs >= bornAfterMs,
    ).length;
  }

  #lease(queue: string, held: Held, { nowMs, leaseUntilMs }: Claim): Claimed {
    held.token += 1;
    held.claims += 1;
    held.firstClaimedAtMs ??= nowMs;
    held.visibleAtMs = Math.max(leaseUntilMs, held.message.sentAtMs);
    return {
      ...shown(held),
      claims: held.claims,
      firstClaimedAtMs: held.firstClaimedAtMs,
      lease: { queue, position: held.position, token: held.token },
    };
  }

  #at(name: string, position: number): Held {
    const held = this.#queue(name).find((one) => one.position === position);
    if (!held) throw new Error(`No message at position ${position} of ${name}.`);
    return held;
  }

  #remove(name: string, held: Held): void {
    const queue = this.#queue(name);
    queue.splice(queue.indexOf(held), 1);
  }

  #queue(name: string): Held[] {
    return found(this.#queues, name, () => []);
  }

  #log(name: string): ModelLog {
    return found(this.#logs, name, () => ({ records: [], first: 1 }));
  }

  #table(table: string, partition: string): Map<string, Row> {
    return found(this.#tables, `${table}\n${partition}`, () => new Map());
  }
}

function found<T>(map: Map<string, T>, name: string, make: () => T): T {
  const value = map.get(name) ?? make();
  map.set(name, value);
  return value;
}

/** A message as claims and peeks show it. */
function shown({ message, meta, visibleAtMs }: Held): Message {
  const { claims: _, firstClaimedAtMs: __, meta: ___, ...rest } = message;
  return { ...rest, visibleAtMs, ...(meta !== undefined && { meta }) };
}

function bytesAfter(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
}
