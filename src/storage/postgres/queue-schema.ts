/**
 * The tables of queues.
 */
import type { Schema } from './names.ts';

export function queueTables(_schema: Schema): string {
  return '';
}
