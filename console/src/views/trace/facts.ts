/** Facts of the journal as sentences. */
import type { Fact } from '../../../../src/admin-api/index.ts';
import type { Tone } from '../../ui/tone.ts';

const VERBS: Readonly<Record<Fact['kind'], string>> = {
  publish: 'published at',
  match: 'matched by',
  deliver: 'handed over by',
  retry: 'to be retried by',
  'dead-letter': 'given up by',
  invoke: 'run by',
  receive: 'received from',
  delete: 'deleted from',
  drop: 'dropped at',
};

export function verbOf({ kind, outcome }: Fact): string {
  const failed = outcome !== undefined && outcome !== 'ok';
  return failed && kind === 'deliver' ? 'tried in vain by' : VERBS[kind];
}

/** Between what the fact is at and its target. */
export function towards({ kind, target }: Fact): string | undefined {
  if (target === undefined) return undefined;
  if (kind === 'receive') return 'by';
  return kind === 'dead-letter' ? 'into' : 'to';
}

export function toneOf({ kind, outcome }: Fact): Tone {
  if (kind === 'dead-letter') return 'dead';
  if (kind === 'retry') return 'retry';
  const isFailure = kind === 'deliver' || kind === 'invoke';
  return isFailure && outcome !== undefined && outcome !== 'ok' ? 'fail' : 'neutral';
}
