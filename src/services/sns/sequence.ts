/**
 * Sequence numbers of FIFO topics: 20 digits, above all that the topic has given out before.
 *
 * They are made from the time, so that they go on growing after a restart without a row that every
 * message would have to write. Where several nodes publish, their clocks differ; so a node that
 * publishes first takes the topic's turn, a row that grants it all numbers up to a bound, and every
 * commit of its messages checks that the turn is still its own. The next node begins behind it.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Storage, Write } from '../../storage/storage.ts';

const TABLE = 'sns/turns';
const KEY = 'turn';
const FIRST = 10_000_000_000_000_000_000n;
const PER_MS = 1_000_000n;
/** A turn is renewed when its numbers have run out, in this time at the earliest. */
const GRANTED = 10_000n * PER_MS;
/** Messages of one batch, at most. */
const BATCH = 10n;

export interface Turn {
  next(): string;
  /** Belong into the commit of the messages, which is refused when the turn was another's. */
  readonly writes: readonly Write[];
}

interface Holding {
  readonly holder: string;
  readonly upTo: string;
}

interface Node {
  readonly id: string;
  last: bigint;
}

const nodes = new WeakMap<Storage, Node>();

function nodeOf({ storage, ids }: Stack): Node {
  let node = nodes.get(storage);
  if (!node) {
    node = { id: ids.uuid(), last: 0n };
    nodes.set(storage, node);
  }
  return node;
}

/** The turn of a topic; `partition` names the topic, and another one when it was made anew. */
export async function turnOf(stack: Stack, partition: string): Promise<Turn> {
  const node = nodeOf(stack);
  if (!stack.storage.shared) return { next: () => nextOf(stack, node), writes: [] };
  const row = await stack.storage.get(TABLE, partition, KEY);
  const held = row && (JSON.parse(row.value) as Holding);
  const ifVersion = row?.version ?? 0;
  const place = { table: TABLE, partition, key: KEY, ifVersion };
  const isMine = held?.holder === node.id && latest(stack, node) + BATCH <= BigInt(held.upTo);
  if (isMine) return { next: block(stack, node), writes: [{ kind: 'check', ...place }] };
  const from = BigInt(held?.upTo ?? 0);
  if (from > node.last) node.last = from;
  const upTo = String(latest(stack, node) + GRANTED);
  const value = JSON.stringify({ holder: node.id, upTo } satisfies Holding);
  return { next: block(stack, node), writes: [{ kind: 'put', ...place, value }] };
}

/** Numbers set aside now: time that passes until they are used must not carry them too far. */
function block(stack: Stack, node: Node): () => string {
  let number = latest(stack, node);
  node.last = number + BATCH - 1n;
  return () => {
    const sequence = FIRST + number;
    number += 1n;
    return sequence.toString();
  };
}

/** Whether a write takes a turn that was another's, or nobody's. */
export function takesTurn(write: Write): boolean {
  return write.kind === 'put' && write.table === TABLE;
}

function latest({ clock }: Stack, { last }: Node): bigint {
  const byTime = BigInt(clock.nowMs()) * PER_MS;
  return byTime > last ? byTime : last + 1n;
}

function nextOf(stack: Stack, node: Node): string {
  node.last = latest(stack, node);
  return (FIRST + node.last).toString();
}
