/** What stands on the map, in words. */
import type { EdgeKind } from '../../../../src/admin-api/index.ts';
import type { Narrowing } from './status.ts';
import type { EdgeCount, NodeCount } from './traffic.ts';

export const EDGE_WORDS: Readonly<Record<EdgeKind, string>> = {
  rule: 'looks at events',
  target: 'target',
  subscription: 'subscription',
  mapping: 'event source mapping',
  archive: 'archive',
  replay: 'replay',
  changes: 'changes',
  'dead-letter': 'dead letters',
  destination: 'destination',
  publish: 'publishes',
};

export const NARROWING_WORDS: Readonly<
  Record<Exclude<Narrowing, 'all'>, readonly [label: string, meaning: string]>
> = {
  used: ['Used', 'Declared by a resource, and events went along it'],
  unused: ['Never used', 'Declared by a resource, and nothing has gone along it'],
  off: ['Switched off', 'Declared, but disabled or not confirmed: nothing can go along it'],
  observed: ['Not declared', 'Seen in traffic, and no resource says so'],
  failing: ['Failing', 'Something failed, or became a dead letter, in the last minute'],
};

export const NODE_COUNTS: Readonly<Record<NodeCount, string>> = {
  published: 'Published',
  received: 'Received',
  deleted: 'Deleted',
  invoked: 'Invoked',
  failed: 'Failed',
  dropped: 'Dropped',
};

export const EDGE_COUNTS: Readonly<Record<EdgeCount, string>> = {
  ok: 'Handed over',
  failed: 'Failed',
  retried: 'Tried again',
  dead: 'Dead letters',
};

const OFF_WORDS: Readonly<Record<string, string>> = { PendingConfirmation: 'not confirmed' };

/** `DISABLED` and the like, as people say it. */
export function offWords(off: string): string {
  return OFF_WORDS[off] ?? off.toLowerCase().replaceAll('_', ' ');
}
