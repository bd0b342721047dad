import { describe } from 'vitest';
import { openPostgres } from '../../../src/storage/postgres/open.ts';
import { storageContract } from '../contract.ts';
import { emptyStore, missing, onPostgres } from './cluster.ts';

describe.skipIf(missing)(onPostgres, () => {
  // Asking for what is watched would call watchers for nothing; the tests count their calls.
  storageContract(onPostgres, async () =>
    openPostgres({ ...(await emptyStore()), pollMs: 60_000 }),
  );
});
