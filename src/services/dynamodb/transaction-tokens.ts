/**
 * Client request tokens: a transaction told twice within ten minutes takes place once.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems-idempotency
 *
 * A token is a row that is committed with the transaction. Rows stand in stretches of ten
 * minutes, each of which is cleared as a whole when none of it counts any more.
 */
import { createHash } from 'node:crypto';
import type { Stack } from '../../delivery/stack.ts';
import type { Check, Row, Storage, Write } from '../../storage/storage.ts';
import type { Call } from '../call.ts';
import { clearing } from './clearing.ts';
import { fault } from './errors.ts';
import { inBase64 } from './item-text.ts';
import { partitionOf } from './store.ts';

const TOKENS = 'dynamodb/tokens';
const MEMORY_MS = 10 * 60_000;

interface Remembered {
  readonly digest: string;
  readonly atMs: number;
}

/** Tokens of transactions under way in this process; those of other nodes meet in storage. */
const underWay = new WeakMap<Storage, Set<string>>();

function runningIn({ storage }: Stack): Set<string> {
  const known = underWay.get(storage) ?? new Set<string>();
  underWay.set(storage, known);
  return known;
}

export interface Token {
  /** Whether a transaction of this token has taken place. */
  readonly isSpent: boolean;
  /** The writes that remember it. */
  readonly writes: readonly Write[];
}

const NO_TOKEN: Token = { isSpent: false, writes: [] };

/** A transaction as its request tells it. */
export interface Told {
  readonly token: string | undefined;
  /** What makes it another one than the last of the same token. */
  readonly content: object;
}

/**
 * Does `work` as the only one of this process with the request's token. It is to look whether the
 * token is spent, and to look again whenever its writes have lost a race.
 */
export async function withToken<Done>(
  call: Call,
  { token: text, content }: Told,
  work: (look: () => Promise<Token>) => Promise<Done>,
): Promise<Done> {
  if (text === undefined) return work(() => Promise.resolve(NO_TOKEN));
  const running = runningIn(call.stack);
  const name = `${partitionOf(call)}/${text}`;
  if (running.has(name)) {
    throw fault(
      'TransactionInProgressException',
      'The transaction with the given request token is already in progress.',
    );
  }
  running.add(name);
  try {
    const digest = digestOf(content);
    return await work(() => look(call, text, digest));
  } finally {
    running.delete(name);
  }
}

async function look(call: Call, text: string, digest: string): Promise<Token> {
  const { storage } = call.stack;
  const nowMs = call.stack.clock.nowMs();
  const now = stretch(call, nowMs);
  // Nodes whose clocks differ a little may stand in neighbouring stretches.
  const around = [stretch(call, nowMs - MEMORY_MS), stretch(call, nowMs + MEMORY_MS)];
  // Not kept parsed: a token is seldom told twice.
  const found = await Promise.all(
    [now, ...around].map((partition) => storage.get(TOKENS, partition, text)),
  );
  const told = found.flatMap(rememberedIn).find(({ atMs }) => atMs > nowMs - MEMORY_MS);
  if (told && told.digest !== digest) {
    throw fault(
      'IdempotentParameterMismatchException',
      'The request uses the same client token as a previous, but non-identical request. ' +
        'Do not reuse a client token with different requests, unless the requests are identical',
    );
  }
  if (told) return { isSpent: true, writes: [] };
  const [here, ...beside] = found.map((row) => row?.version ?? 0);
  const value = JSON.stringify({ digest, atMs: nowMs } satisfies Remembered);
  const at = { table: TOKENS, partition: now, key: text, ifVersion: here ?? 0 };
  return {
    isSpent: false,
    writes: [
      ...beside.map((version, nth) => unchanged(around[nth] ?? now, text, version)),
      { kind: 'put', ...at, value },
      clearingOf(call, now, nowMs),
    ],
  };
}

function rememberedIn(row: Row | undefined): readonly Remembered[] {
  return row ? [JSON.parse(row.value) as Remembered] : [];
}

function unchanged(partition: string, key: string, version: number): Check {
  return { kind: 'check', table: TOKENS, partition, key, ifVersion: version };
}

function stretch(call: Call, atMs: number): string {
  return `${partitionOf(call)}/${Math.floor(atMs / MEMORY_MS)}`;
}

/** Scheduled once for each stretch, whoever commits the first transaction in it. */
function clearingOf({ stack }: Call, partition: string, nowMs: number): Write {
  const untilMs = nowMs + 2 * MEMORY_MS;
  const job = clearing(stack, TOKENS, partition, untilMs);
  return { ...job, dedup: { key: `${TOKENS} ${partition}`, nowMs, untilMs } };
}

function digestOf(content: object): string {
  const text = JSON.stringify(content, inBase64);
  return createHash('sha256').update(text).digest('base64');
}
