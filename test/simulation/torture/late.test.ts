import { expect, test } from 'vitest';
import { check } from '../checker/check.ts';
import type { Entry, Outcome } from '../history.ts';
import { Late } from './late.ts';

const publish = (key: string, outcome: Outcome): Entry => ({
  ...{ op: 'publish', key, digest: '', expects: ['q', 'http'] },
  ...{ invokedAtMs: 0, returnedAtMs: 1, outcome },
});
const arrival = (key: string): Entry => ({
  ...{ op: 'arrival', endpoint: 'http', key, digest: '', atMs: 2, accepted: true },
});

/** Keys that arrive in the next stretch without having been published. */
function phantoms(late: Late, ...keys: readonly string[]): readonly string[] {
  const entries = [...late.publishes, ...keys.map(arrival)];
  const findings = check({ entries, drained: true, queues: [], endedAtMs: 3 });
  return findings.map(({ fault, key }) => `${fault} ${key}`);
}

test('what was published a stretch ago may arrive now, and need not', () => {
  const late = new Late('http');
  late.endStretch([publish('cut', 'unknown'), publish('ok', 'ok'), publish('no', 'refused')]);
  expect(phantoms(late)).toEqual([]);
  expect(phantoms(late, 'cut', 'ok', 'no', 'never')).toEqual(['phantom no', 'phantom never']);
});

test('only what was cut short may take longer', () => {
  const late = new Late('http');
  late.endStretch([publish('cut', 'unknown'), publish('ok', 'ok')]);
  late.endStretch([]);
  expect(phantoms(late, 'cut', 'ok')).toEqual(['phantom ok']);
});
