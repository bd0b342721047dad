/**
 * The contract of the storage seam: what every engine promises. An engine's own test is four
 * lines that call this.
 */
import { describe } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { randomContract } from './contract/random.ts';

export function storageContract(engine: string, open: () => Promise<Storage>): void {
  describe(`storage on ${engine}`, () => {
    describe('random histories', () => randomContract(open));
  });
}
