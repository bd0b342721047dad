/**
 * Client request tokens: a transaction told twice within ten minutes takes place once.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems-idempotency
 *
 * A token is a row that is committed with the transaction. Rows stand in stretches of ten
 * minutes, each of which is cleared as a whole when none of it counts any more.
 */
import { createHash } from 'node:crypto';
import type { Stack } from '../../delivery/stack.ts';
import { Collection } from '../../storage/collection.ts';
import type { Storage, Write } from '../../storage/storage.ts';
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

interface Memory {
  readonly rows: Collection<Remembered>;
  /** Tokens of transactions under way. */
  readonly running: Set<string>;
  /** Partitions whose clearing this process has scheduled. */
  readonly cleared: Set<string>;
}

const memories = new WeakMap<Storage, Memory>();

function memoryOf({ storage }: Stack): Memory {
  const known = memories.get(storage) ?? {
    ...{
      rows: new Collection<Remembered>(storage, TOKENS),
      running: new Set(),
      cleared: new Set(),
    },
  };
  memories.set(storage, known);
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

/** Does `work` as the only one with the request's token. */
export async function withToken<Done>(
  call: Call,
  { token: text, content }: Told,
  work: (token: Token) => Promise<Done>,
): Promise<Done> {
  if (text === undefined) return work(NO_TOKEN);
  const { running } = memoryOf(call.stack);
  const name = `${partitionOf(call)}/${text}`;
  if (running.has(name)) {
    throw fault(
      'TransactionInProgressException',
      'The transaction with the given request token is already in progress.',
    );
  }
  running.add(name);
  try {
    return await work(await look(call, text, digestOf(content)));
  } finally {
    running.delete(name);
  }
}

async function look(call: Call, text: string, digest: string): Promise<Token> {
  const { rows } = memoryOf(call.stack);
  const nowMs = call.stack.clock.nowMs();
  const [now, before] = [stretch(call, nowMs), stretch(call, nowMs - MEMORY_MS)];
  const found = (await rows.get(now, text)) ?? (await rows.get(before, text));
  const told = found && found.value.atMs > nowMs - MEMORY_MS ? found.value : undefined;
  if (told && told.digest !== digest) {
    throw fault(
      'IdempotentParameterMismatchException',
      'The request uses the same client token as a previous, but non-identical request. ' +
        'Do not reuse a client token with different requests, unless the requests are identical',
    );
  }
  if (told) return { isSpent: true, writes: [] };
  return {
    isSpent: false,
    writes: [rows.put(now, text, { digest, atMs: nowMs }), ...clearingOf(call, now, nowMs)],
  };
}

function stretch(call: Call, atMs: number): string {
  return `${partitionOf(call)}/${Math.floor(atMs / MEMORY_MS)}`;
}

function clearingOf({ stack }: Call, partition: string, nowMs: number): readonly Write[] {
  const { cleared } = memoryOf(stack);
  if (cleared.has(partition)) return [];
  cleared.clear();
  cleared.add(partition);
  return [clearing(stack, TOKENS, partition, nowMs + 2 * MEMORY_MS)];
}

function digestOf(content: object): string {
  const text = JSON.stringify(content, inBase64);
  return createHash('sha256').update(text).digest('base64');
}
