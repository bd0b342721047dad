import { describe, expect, test } from 'vitest';
import type { Entry, Fault, History, Receive, Received } from '../history.ts';
import { check } from './check.ts';
import { LEASE_MS, modelRun } from './model-run.ts';

const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);

/** Changes a history so that it tells of a bug; undefined when there is no place for it. */
type Plant = (history: History) => readonly Entry[] | undefined;

function receives({ entries }: History): readonly Receive[] {
  return entries.filter((entry) => entry.op === 'receive');
}

function replaceMessages(
  history: History,
  change: (received: Received, receive: Receive) => Received | undefined,
): readonly Entry[] {
  return history.entries.map((entry) =>
    entry.op === 'receive'
      ? { ...entry, messages: entry.messages.flatMap((one) => change(one, entry) ?? []) }
      : entry,
  );
}

/** A message that was confirmed, received and deleted, all without doubt. */
function wellDone(history: History, queue: string) {
  const sent = new Set(
    history.entries.flatMap((entry) =>
      entry.op === 'send' && entry.outcome === 'ok' && entry.queue === queue ? entry.key : [],
    ),
  );
  const deletes = new Map(
    history.entries.flatMap((entry) =>
      entry.op === 'delete' && entry.outcome === 'ok' ? [[entry.handle, entry] as const] : [],
    ),
  );
  for (const receive of receives(history).filter((entry) => entry.queue === queue)) {
    for (const received of receive.messages.filter(({ key }) => sent.has(key))) {
      const deleted = deletes.get(received.handle);
      if (deleted) return { receive, received, deleted };
    }
  }
  return undefined;
}

const PLANTS: Readonly<Record<string, readonly [Fault, Plant]>> = {
  'a lost write': [
    'lost',
    (history) => {
      const found = wellDone(history, 'plain');
      if (!found) return undefined;
      const { key } = found.received;
      const handles = receives(history)
        .flatMap(({ messages }) => messages)
        .flatMap((one) => (one.key === key ? one.handle : []));
      return replaceMessages(history, (one) => (one.key === key ? undefined : one)).filter(
        (entry) => !('handle' in entry && handles.includes(entry.handle)),
      );
    },
  ],
  'a resurrected message': [
    'resurrected',
    (history) => {
      const found = wellDone(history, 'plain');
      if (!found) return undefined;
      const { receive, received, deleted } = found;
      const invokedAtMs = deleted.returnedAtMs + LEASE_MS;
      const again = { ...received, handle: 'again', receiveCount: 99 };
      const span = { invokedAtMs, returnedAtMs: invokedAtMs + 1 };
      return [...history.entries, { ...receive, ...span, messages: [again] }];
    },
  ],
  'a reordered group': [
    'order',
    (history) => {
      for (const { messages } of receives(history).filter(({ queue }) => queue === 'ordered')) {
        const [one, two] = messages;
        if (!one || !two || one.group !== two.group) continue;
        return history.entries.map((entry) =>
          entry.op === 'receive' && entry.messages === messages
            ? { ...entry, messages: messages.toReversed() }
            : entry,
        );
      }
      return undefined;
    },
  ],
  'a second consumer within a lease': [
    'early-redelivery',
    (history) => {
      const found = wellDone(history, 'plain');
      if (!found || found.received.receiveCount > 1) return undefined;
      const { receive, received, deleted } = found;
      const span = { invokedAtMs: receive.returnedAtMs, returnedAtMs: receive.returnedAtMs + 1 };
      if (deleted.returnedAtMs < span.invokedAtMs) return undefined;
      const again = { ...received, handle: 'again', receiveCount: 2 };
      return [...history.entries, { ...receive, ...span, messages: [again] }];
    },
  ],
  'a changed body': [
    'altered',
    (history) =>
      replaceMessages(history, (one) => (one.key === 'k0' ? { ...one, digest: 'rot' } : one)),
  ],
  'a message that nobody sent': [
    'phantom',
    (history) => history.entries.filter((entry) => !(entry.op === 'send' && entry.key === 'k0')),
  ],
  'a message stored twice': [
    'duplicate',
    (history) => {
      const found = wellDone(history, 'ordered');
      if (!found) return undefined;
      const { handle } = found.received;
      return replaceMessages(history, (one) =>
        one.handle === handle ? { ...one, messageId: 'another' } : one,
      );
    },
  ],
  'a receive count that stands still': [
    'count',
    (history) => {
      const again = receives(history)
        .flatMap(({ messages }) => messages)
        .find(({ receiveCount }) => receiveCount === 2);
      if (!again) return undefined;
      return replaceMessages(history, (one) =>
        one.handle === again.handle ? { ...one, receiveCount: 0 } : one,
      );
    },
  ],
  'a dead letter that was tried too little': [
    'dead-letter',
    (history) =>
      replaceMessages(history, (one, { queue }) =>
        queue === 'dead' ? { ...one, receiveCount: one.receiveCount - 2 } : one,
      ),
  ],
};

test.each(SEEDS)('a run without bugs has no findings, seed %i', (seed) => {
  expect(check(modelRun(seed))).toEqual([]);
});

describe('a planted bug is found', () => {
  test.each(Object.entries(PLANTS))('%s', (_, [fault, plant]) => {
    let planted = 0;
    for (const seed of SEEDS) {
      const history = modelRun(seed);
      const entries = plant(history);
      if (!entries || JSON.stringify(entries, text) === JSON.stringify(history.entries, text)) {
        continue;
      }
      planted++;
      const faults = check({ ...history, entries }).map((finding) => finding.fault);
      expect(faults, `seed ${seed}`).toContain(fault);
    }
    expect(planted).toBeGreaterThan(SEEDS.length / 4);
  });
});

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
