/** Several engines on one schema, as several nodes are; closed at the end of a test. */
import { onTestFinished } from 'vitest';
import type { PostgresStorage } from '../../../src/storage/postgres/engine.ts';
import { openPostgres, type PostgresOptions } from '../../../src/storage/postgres/open.ts';
import { emptyStore } from './cluster.ts';

export type Store = Awaited<ReturnType<typeof emptyStore>>;

export async function nodes(
  count: number,
  options: Partial<PostgresOptions> = {},
  store?: Store,
): Promise<readonly PostgresStorage[]> {
  const at = store ?? (await emptyStore());
  const opened: PostgresStorage[] = [];
  onTestFinished(async () => {
    await Promise.all(opened.map((storage) => storage.close()));
  });
  for (let index = 0; index < count; index += 1) {
    opened.push(await openPostgres({ ...at, ...options }));
  }
  return opened;
}

export async function twoNodes(options: Partial<PostgresOptions> = {}, store?: Store) {
  const [one, two] = await nodes(2, options, store);
  if (!one || !two) throw new Error('Two were asked for.');
  return [one, two] as const;
}

/** Resolves once `holds` does; fails after some seconds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 2_500; attempt += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It did not come about.');
}
