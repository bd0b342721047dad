/**
 * The history checker: what a history proves the server to have done wrong.
 *
 * It reports only what no order of events allows, so a finding is a bug; silence is not a proof.
 * Keys are unique, so little is searched: the work is sorting, O(n log n), but for the calls on
 * one item of a table, whose order has to be found.
 */
import type { Finding, History } from '../history.ts';
import { checkChanges } from './changes.ts';
import { checkEndpoints } from './endpoints.ts';
import { checkGroups } from './groups.ts';
import { checkItems } from './items.ts';
import { checkLeases } from './leases.ts';
import { sortIntoLives } from './lives.ts';
import { checkPresence } from './presence.ts';
import { checkReaders } from './readers.ts';
import { checkSchedules } from './schedules.ts';
import { checkTransactions } from './transactions.ts';

const CHECKS = [
  checkPresence,
  checkLeases,
  checkGroups,
  checkEndpoints,
  checkSchedules,
  checkChanges,
  checkReaders,
  checkItems,
  checkTransactions,
] as const;

export function check(history: History): readonly Finding[] {
  const lives = sortIntoLives(history);
  return CHECKS.flatMap((one) => one(lives));
}
