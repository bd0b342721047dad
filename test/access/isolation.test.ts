/**
 * Whatever an account does, the state of another one stays as it was, byte for byte.
 *
 * `MILLRACE_ISOLATION=100000 vitest run test/access/isolation` is the long run. It prints the
 * seed; `MILLRACE_SEED` repeats it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../src/app.ts';
import { VirtualClock } from '../../src/core/clock.ts';
import { AwsError } from '../../src/core/errors.ts';
import { seededIds } from '../../src/core/ids.ts';
import { allServices } from '../../src/services/all.ts';
import { openSqlite } from '../../src/storage/sqlite/open.ts';
import { exportSqlite } from '../../src/storage/sqlite/transfer-out.ts';
import type { Item } from '../../src/storage/transfer.ts';
import { randomInput } from './inputs.ts';
import { ATTACKER, invokerOf, settle, VICTIM } from './victim.ts';

const OPERATIONS = Number(process.env.MILLRACE_ISOLATION ?? 1_500);
const SEED = Number(process.env.MILLRACE_SEED ?? 1);

/** Runs what the attacker made for itself; nobody's state is in it, and each is a process. */
const LEFT_OUT = new Set([
  'lambda:Invoke',
  'lambda:InvokeAsync',
  'lambda:InvokeWithResponseStream',
]);

const all = allServices.flatMap(({ name, operations }) =>
  Object.keys(operations)
    .filter((operation) => !LEFT_OUT.has(`${name}:${operation}`))
    .map((operation) => [name, operation] as const),
);

async function during(
  path: string,
  seed: number,
  work: (stack: RunningStack) => Promise<void>,
): Promise<void> {
  const stack = await createStack({
    storage: await openSqlite({ path, durability: 'process' }),
    services: allServices,
    clock: new VirtualClock(Date.parse('2026-01-15T10:00:00Z')),
    ids: seededIds(seed),
    journal: false,
  });
  try {
    await work(stack);
    await stack.quiet();
  } finally {
    await stack.close();
  }
}

async function itemsIn(path: string): Promise<readonly Item[]> {
  const exporting = exportSqlite(path);
  try {
    return (await Array.fromAsync(exporting.items())).flat();
  } finally {
    await exporting.close();
  }
}

/** The account that an item is kept under; undefined for what is found by an id alone. */
function ownerOf(item: Item): string | undefined {
  if (item.kind === 'given') return undefined;
  if (item.kind === 'row') return /^\d{12}\b/.exec(item.partition)?.[0];
  const name = item.kind === 'log' || item.kind === 'record' ? item.log : item.queue;
  return /\b\d{12}\b/.exec(name)?.[0];
}

const dump = (items: readonly Item[]) => items.map((item) => JSON.stringify(item));

test(`${OPERATIONS} random operations of one account leave another's state as it was`, async () => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-isolation-'));
  const tally = { done: 0, refused: 0, broke: 0 };
  try {
    await during(path, SEED, (stack) => settle(stack, VICTIM));
    // Whatever is there now is the victim's.
    const before = dump((await itemsIn(path)).filter(({ kind }) => kind !== 'given'));
    expect(before.length).toBeGreaterThan(25);
    await during(path, SEED + 1, async (stack) => {
      await settle(stack, ATTACKER);
      await attack(stack, tally);
    });
    const items = await itemsIn(path);
    const known = new Set(before);
    const kept = dump(items).filter((line) => known.has(line));
    expect(kept, `MILLRACE_SEED=${SEED}`).toEqual(before);
    const added = dump(items.filter((item) => ownerOf(item) === VICTIM));
    expect(
      added.filter((line) => !known.has(line)),
      `MILLRACE_SEED=${SEED}`,
    ).toEqual([]);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
  expect(tally.done).toBeGreaterThan(OPERATIONS * 0.05);
  if (process.env.MILLRACE_ISOLATION) console.log(JSON.stringify({ seed: SEED, ...tally }));
}, 3_600_000);

async function attack(
  stack: RunningStack,
  tally: { done: number; refused: number; broke: number },
): Promise<void> {
  const call = invokerOf(stack, ATTACKER);
  const random = seededIds(SEED + 2);
  for (let count = 0; count < OPERATIONS; count += 1) {
    const [service, operation] = all[Math.floor(random.random() * all.length)] ?? ['', ''];
    const input = randomInput(random, service, operation);
    try {
      await call(service, operation, input);
      tally.done += 1;
    } catch (cause) {
      // Inputs are not validated here, so some operations trip over them: nothing was written then.
      if (cause instanceof AwsError) tally.refused += 1;
      else tally.broke += 1;
    }
  }
}
