/** Runs a test on a fresh engine, which is closed afterwards. */
import type { Storage } from '../../../src/storage/storage.ts';

export type Given = (run: (storage: Storage) => Promise<void>) => () => Promise<void>;

export function givenBy(open: () => Promise<Storage>): Given {
  return (run) => async () => {
    const storage = await open();
    try {
      await run(storage);
    } finally {
      await storage.close();
    }
  };
}
