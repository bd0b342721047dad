import { describe, expect, test } from 'vitest';
import type { Fault } from '../history.ts';
import { check } from './check.ts';
import { LEASE_MS, Tale } from './tale.ts';

type Story = (tale: Tale) => unknown;

const MINUTE = 60_000;

/** A run of one group with a consumer that works in order. */
function threeInOrder(tale: Tale): Tale {
  for (const key of ['a', 'b', 'c']) tale.send('orders.fifo', key, { group: 'g', dedupId: key });
  return tale;
}

const COUNTED = [
  ['i', 1, 'a'],
  ['i', 2, 'b'],
] as const;

function twoRecords(tale: Tale): Tale {
  return tale.publish('a', ['jobs']).publish('b', ['jobs']).consume('jobs', 'a', 'b');
}

/** An item counted up twice, of which the stream and the table know `told`. */
function twoChanges(tale: Tale, told: readonly (readonly [string, number, string])[]): Tale {
  return twoRecords(tale).table(told.slice(-1), told);
}

const GOOD: Readonly<Record<string, Story>> = {
  'a message that is sent, received and deleted': (tale) =>
    tale.send('jobs', 'a').consume('jobs', 'a'),
  'a message received again after its lease': (tale) => {
    tale.send('jobs', 'a').receive('jobs', ['a']);
    tale.wait(LEASE_MS).consume('jobs', 'a');
  },
  'a message given back and received at once': (tale) => {
    const [a] = tale.send('jobs', 'a').receive('jobs', ['a']);
    tale.change(a, 0).consume('jobs', 'a');
  },
  'a message whose give-back got no answer': (tale) => {
    const [a] = tale.send('jobs', 'a').receive('jobs', ['a']);
    tale.change(a, 0, 'unknown').consume('jobs', 'a');
  },
  'a delete without answer, and the message received again': (tale) => {
    const [a] = tale.send('jobs', 'a').receive('jobs', ['a']);
    tale.delete(a, 'unknown').wait(LEASE_MS).consume('jobs', 'a');
  },
  'a send without answer that never shows': (tale) =>
    tale.send('jobs', 'a', { outcome: 'unknown' }),
  'a send without answer that shows': (tale) =>
    tale.send('jobs', 'a', { outcome: 'unknown' }).consume('jobs', 'a'),
  'a delayed message received when its delay is over': (tale) =>
    tale.send('jobs', 'a', { delayMs: 5_000 }).wait(5_000).consume('jobs', 'a'),
  'a message that expired unseen': (tale) => tale.send('brief', 'a').wait(2 * MINUTE),
  'a group received one by one': (tale) => {
    threeInOrder(tale);
    for (const key of ['a', 'b', 'c']) tale.consume('orders.fifo', key);
  },
  'a group received in one answer': (tale) =>
    threeInOrder(tale).consume('orders.fifo', 'a', 'b', 'c'),
  'two groups, each at its own pace': (tale) => {
    tale.send('orders.fifo', 'a', { group: 'g' }).send('orders.fifo', 'x', { group: 'h' });
    tale.consume('orders.fifo', 'x').consume('orders.fifo', 'a');
  },
  'a head of a group received again while its followers are still held': (tale) => {
    const [a, b, c] = threeInOrder(tale).receive('orders.fifo', ['a', 'b', 'c']);
    tale.change(a, 0).consume('orders.fifo', 'a').delete(b).delete(c);
  },
  'an item counted up, and its stream': (tale) => twoChanges(tale, COUNTED),
  'a change without answer that is in table and stream': (tale) =>
    tale.publish('a', ['jobs'], 'unknown').table([['i', 1, 'a']], [['i', 1, 'a']]),
  'records in their stream': (tale) => twoRecords(tale).stream('a', 'b'),
  'a record without answer that is not in the stream': (tale) =>
    tale.publish('a', ['jobs'], 'unknown').stream(),
  'a send repeated with its deduplication id': (tale) => {
    const once = { group: 'g', dedupId: 'd', sequence: 7n } as const;
    tale.send('orders.fifo', 'a', { ...once, outcome: 'unknown' });
    tale.send('orders.fifo', 'a', once).consume('orders.fifo', 'a');
  },
  'a message buried after its last receive': (tale) => {
    tale.send('work', 'a').receive('work', ['a']);
    tale.wait(LEASE_MS).receive('work', ['a']);
    tale.wait(LEASE_MS).consume('work-dead', 'a');
  },
  'a late delete of a message that is buried by then': (tale) => {
    tale.send('work', 'a').receive('work', ['a']);
    const [late] = tale.wait(LEASE_MS).receive('work', ['a']);
    tale.wait(LEASE_MS).delete(late).consume('work-dead', 'a');
  },
  'an event delivered to its queues and its endpoint': (tale) => {
    tale.publish('e', ['jobs', 'other', 'http']).consume('jobs', 'e').consume('other', 'e');
    tale.arrive('http', 'e', false).arrive('http', 'e').arrive('http', 'e');
  },
  'an event without answer that was delivered nowhere': (tale) =>
    tale.publish('e', ['jobs', 'http'], 'unknown'),
  'a schedule that fires every minute': (tale) =>
    tale.schedule({ fromMs: 0, untilMs: 150_000, firedAtMs: [MINUTE, 2 * MINUTE] }),
};

const BAD: Readonly<Record<string, readonly [Fault, Story]>> = {
  'a confirmed message that is never received': ['lost', (tale) => tale.send('jobs', 'a')],
  'a message received, not deleted, and gone': [
    'lost',
    (tale) => tale.send('jobs', 'a').receive('jobs', ['a']),
  ],
  'a message whose delete was refused, and gone': [
    'lost',
    (tale) => {
      const [a] = tale.send('jobs', 'a').receive('jobs', ['a']);
      tale.delete(a, 'refused');
    },
  ],
  'a message confirmed at the second try and lost': [
    'lost',
    (tale) => {
      tale.send('jobs', 'a', { outcome: 'unknown' });
      tale.send('jobs', 'a');
    },
  ],
  'a buried message lost from its dead-letter queue': [
    'lost',
    (tale) => {
      tale.send('work', 'a').receive('work', ['a']);
      tale.wait(LEASE_MS).receive('work', ['a']);
      tale.wait(LEASE_MS).receive('work-dead', ['a']);
    },
  ],
  'a message nobody sent': ['phantom', (tale) => tale.consume('jobs', 'ghost')],
  'a message whose send was refused': [
    'phantom',
    (tale) => tale.send('jobs', 'a', { outcome: 'refused' }).consume('jobs', 'a'),
  ],
  'a message sent to another queue': [
    'phantom',
    (tale) => tale.send('jobs', 'a').consume('jobs', 'a').consume('other', 'a'),
  ],
  'a changed body': [
    'altered',
    (tale) => {
      const [a] = tale.send('jobs', 'a').receive('jobs', ['a'], { digest: 'rotten' });
      tale.delete(a);
    },
  ],
  'a deleted message received again': [
    'resurrected',
    (tale) => tale.send('jobs', 'a').consume('jobs', 'a').wait(LEASE_MS).consume('jobs', 'a'),
  ],
  'a message deleted in time and then buried': [
    'resurrected',
    (tale) => {
      tale.send('work', 'a').receive('work', ['a']);
      tale.wait(LEASE_MS).consume('work', 'a').wait(LEASE_MS).consume('work-dead', 'a');
    },
  ],
  'two receivers within one lease': [
    'early-redelivery',
    (tale) => {
      tale.send('jobs', 'a').receive('jobs', ['a']);
      tale.wait(LEASE_MS / 2).consume('jobs', 'a');
    },
  ],
  'two receivers within a prolonged lease': [
    'early-redelivery',
    (tale) => {
      const [a] = tale.send('jobs', 'a').receive('jobs', ['a']);
      tale.change(a, 10 * LEASE_MS).wait(2 * LEASE_MS);
      tale.consume('jobs', 'a');
    },
  ],
  'two receivers although the give-back was refused': [
    'early-redelivery',
    (tale) => {
      const [a] = tale.send('jobs', 'a').receive('jobs', ['a']);
      tale.change(a, 0, 'refused').consume('jobs', 'a');
    },
  ],
  'a delayed message received too soon': [
    'early-delivery',
    (tale) => tale.send('jobs', 'a', { delayMs: 5_000 }).wait(4_000).consume('jobs', 'a'),
  ],
  'a message received past its retention': [
    'outlived',
    (tale) =>
      tale
        .send('brief', 'a')
        .wait(2 * MINUTE)
        .consume('brief', 'a'),
  ],
  'a group received in another order': [
    'order',
    (tale) => threeInOrder(tale).consume('orders.fifo', 'b').consume('orders.fifo', 'a', 'c'),
  ],
  'a group in another order within one answer': [
    'order',
    (tale) => threeInOrder(tale).consume('orders.fifo', 'a', 'c', 'b'),
  ],
  'a follower received while the head is held': [
    'order',
    (tale) => {
      const [a] = threeInOrder(tale).receive('orders.fifo', ['a']);
      tale.consume('orders.fifo', 'b').delete(a).consume('orders.fifo', 'c');
    },
  ],
  'a message left out in the middle of an answer': [
    'order',
    (tale) => threeInOrder(tale).consume('orders.fifo', 'a', 'c').consume('orders.fifo', 'b'),
  ],
  'a follower received although the head came back': [
    'order',
    (tale) => {
      const [, b] = threeInOrder(tale).receive('orders.fifo', ['a', 'b']);
      tale.delete(b).wait(LEASE_MS).consume('orders.fifo', 'c').consume('orders.fifo', 'a');
    },
  ],
  'sequence numbers against the order of sends': [
    'sequence',
    (tale) => {
      tale.send('orders.fifo', 'a', { group: 'g', sequence: 9n });
      tale.send('orders.fifo', 'b', { group: 'g', sequence: 8n });
      tale.consume('orders.fifo', 'b').consume('orders.fifo', 'a');
    },
  ],
  'one key in two messages': [
    'duplicate',
    (tale) => {
      const [a] = tale.send('jobs', 'a').receive('jobs', ['a']);
      const [b] = tale.wait(LEASE_MS).receive('jobs', ['a'], { messageId: 'another' });
      tale.delete(a).delete(b);
    },
  ],
  'one deduplication id in two messages': [
    'duplicate',
    (tale) => {
      tale.send('orders.fifo', 'a', { group: 'g', dedupId: 'd' });
      tale.send('orders.fifo', 'b', { group: 'g', dedupId: 'd' });
      tale.consume('orders.fifo', 'a').consume('orders.fifo', 'b');
    },
  ],
  'a repeated send answered with another id': [
    'duplicate',
    (tale) => {
      const send = { group: 'g', dedupId: 'd', sequence: 1n } as const;
      tale.send('orders.fifo', 'a', send);
      tale.send('orders.fifo', 'a', { ...send, messageId: 'another' });
      tale.consume('orders.fifo', 'a');
    },
  ],
  'a receive count that does not grow': [
    'count',
    (tale) => {
      tale.send('jobs', 'a').receive('jobs', ['a'], { receiveCount: 2 });
      const [a] = tale.wait(LEASE_MS).receive('jobs', ['a'], { receiveCount: 2 });
      tale.delete(a);
    },
  ],
  'a message received more often than allowed': [
    'count',
    (tale) => {
      tale.send('work', 'a').receive('work', ['a']);
      tale.wait(LEASE_MS).receive('work', ['a']);
      tale.wait(LEASE_MS).consume('work', 'a');
    },
  ],
  'a message buried too soon': [
    'dead-letter',
    (tale) => {
      tale.send('work', 'a').receive('work', ['a']);
      tale.wait(LEASE_MS).consume('work-dead', 'a');
    },
  ],
  'a message in both queues': [
    'dead-letter',
    (tale) => {
      tale.send('work', 'a').receive('work', ['a']);
      tale.wait(LEASE_MS);
      const [dead] = tale.receive('work-dead', ['a'], { receiveCount: 3 });
      tale.delete(dead).receive('work', ['a'], { receiveCount: 2 });
    },
  ],
  'an event that one queue did not get': [
    'undelivered',
    (tale) => tale.publish('e', ['jobs', 'other']).consume('jobs', 'e'),
  ],
  'an event that its endpoint only refused': [
    'undelivered',
    (tale) => tale.publish('e', ['http']).arrive('http', 'e', false),
  ],
  'an event delivered twice into a queue': [
    'delivered-twice',
    (tale) => {
      const [one] = tale.publish('e', ['jobs']).receive('jobs', ['e'], { messageId: 'one' });
      const [two] = tale.wait(LEASE_MS).receive('jobs', ['e'], { messageId: 'two' });
      tale.delete(one).delete(two);
    },
  ],
  'an event in a queue that no rule names': [
    'misrouted',
    (tale) => tale.publish('e', ['jobs']).consume('jobs', 'e').consume('other', 'e'),
  ],
  'an event at an endpoint that no rule names': [
    'misrouted',
    (tale) => tale.publish('e', ['jobs']).consume('jobs', 'e').arrive('http', 'e'),
  ],
  'an unpublished event at an endpoint': ['phantom', (tale) => tale.arrive('http', 'ghost')],
  'an event changed on its way': [
    'altered',
    (tale) => tale.publish('e', ['http']).arrive('http', 'e', true, 'rotten'),
  ],
  'a change that its stream does not have': ['lost', (tale) => twoChanges(tale, [['i', 1, 'a']])],
  'a table that is behind its stream': [
    'diverged',
    (tale) => tale.table([['i', 1, 'a']], [...COUNTED]),
  ],
  'a table that is ahead of its stream': ['diverged', (tale) => tale.table([...COUNTED], [])],
  'a change that has another text than its item': [
    'diverged',
    (tale) => tale.table([['i', 1, 'a']], [['i', 1, 'b']]),
  ],
  'a count that was written twice': [
    'sequence',
    (tale) =>
      tale.table(
        [['i', 1, 'b']],
        [
          ['i', 1, 'a'],
          ['i', 1, 'b'],
        ],
      ),
  ],
  'a change that is twice in its stream': [
    'duplicate',
    (tale) =>
      tale.table(
        [['i', 2, 'a']],
        [
          ['i', 1, 'a'],
          ['i', 2, 'a'],
        ],
      ),
  ],
  'a record that its stream lost': ['lost', (tale) => twoRecords(tale).stream('a')],
  'a record that is twice in its stream': ['duplicate', (tale) => tale.stream('a', 'a')],
  'records of a key in another order': ['order', (tale) => twoRecords(tale).stream('b', 'a')],
  'a schedule that missed a minute': [
    'schedule',
    (tale) => tale.schedule({ fromMs: 0, untilMs: 200_000, firedAtMs: [MINUTE, 3 * MINUTE] }),
  ],
  'a schedule that fired twice': [
    'schedule',
    (tale) => tale.schedule({ fromMs: 0, untilMs: 100_000, firedAtMs: [MINUTE, MINUTE] }),
  ],
  'a schedule that fired early': [
    'schedule',
    (tale) => tale.schedule({ fromMs: 0, untilMs: 130_000, firedAtMs: [MINUTE, 110_000] }),
  ],
  'a schedule that stopped': [
    'schedule',
    (tale) => tale.schedule({ fromMs: 0, untilMs: 10 * MINUTE, firedAtMs: [MINUTE] }),
  ],
};

function faultsOf(story: Story): readonly Fault[] {
  const tale = new Tale();
  story(tale);
  return check(tale.end()).map((finding) => finding.fault);
}

describe('a good history passes', () => {
  test.each(Object.entries(GOOD))('%s', (_, story) => {
    expect(faultsOf(story)).toEqual([]);
  });
});

describe('a bad history is flagged for its fault and no other', () => {
  test.each(Object.entries(BAD))('%s', (_, [fault, story]) => {
    expect([...new Set(faultsOf(story))]).toEqual([fault]);
  });
});

test('a long history is checked in time that grows with its length', { timeout: 60_000 }, () => {
  const tale = new Tale();
  for (let i = 0; i < 20_000; i++) {
    tale.send('orders.fifo', `k${i}`, { group: `g${i % 50}` }).consume('orders.fifo', `k${i}`);
  }
  expect(check(tale.end())).toEqual([]);
});
