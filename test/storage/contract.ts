/**
 * The contract of the storage seam: what every engine promises. An engine's own test is four
 * lines that call this.
 */
import { describe } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { claimContract } from './contract/claims.ts';
import { commitContract } from './contract/commit.ts';
import { givenBy } from './contract/given.ts';
import { logContract } from './contract/log.ts';
import { orderedContract } from './contract/ordered.ts';
import { queueContract } from './contract/queue.ts';
import { randomContract } from './contract/random.ts';
import { tableContract } from './contract/table.ts';

export function storageContract(engine: string, open: () => Promise<Storage>): void {
  const given = givenBy(open);
  describe(`storage on ${engine}`, () => {
    describe('lists', () => commitContract(given));
    describe('queues', () => queueContract(given));
    describe('claims', () => claimContract(given));
    describe('groups', () => orderedContract(given));
    describe('logs', () => logContract(given));
    describe('tables', () => tableContract(given));
    describe('random histories', () => randomContract(open));
  });
}
