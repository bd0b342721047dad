import { describe, expect, it } from 'vitest';
import { adviceOn } from '../../console/src/views/why/advice.ts';
import { conditionsOf, valuesOf } from '../../console/src/views/why/conditions.ts';
import { sorted, summaryOf } from '../../console/src/views/why/verdicts.ts';
import type { Mismatch, Way } from '../../src/admin-api/index.ts';

const AT = 'us-east-1:000000000000';

function way(more: Partial<Way> = {}): Way {
  return {
    arn: `arn:aws:events:${AT}:rule/orders/gold`,
    name: 'gold',
    kind: 'rule',
    targets: [],
    verdict: 'not-matched',
    because: '',
    attempts: [],
    ...more,
  };
}

const mismatch = (wanted: string, ...found: unknown[]): Mismatch => {
  return { path: 'detail.tier', wanted, found, nearness: 0.5 };
};

const textsOn = (one: Way) => adviceOn(one).map(({ text }) => text);

describe('conditions', () => {
  const words = (wanted: string) => conditionsOf(wanted)?.map((one) => one.words);

  it('are told in words, each operator in its own', () => {
    expect(words('["gold", 7, null, true]')).toEqual(['is "gold"', 'is 7', 'is null', 'is true']);
    expect(words('[{"prefix": "eu-"}]')).toEqual(['begins with "eu-"']);
    expect(words('[{"suffix": {"equals-ignore-case": ".PNG"}}]')).toEqual([
      'ends with ".PNG", in capitals or not',
    ]);
    expect(words('[{"numeric": [">", 0, "<=", 5]}]')).toEqual(['is above 0 and is at most 5']);
    expect(words('[{"anything-but": ["a", "b"]}]')).toEqual(['is none of "a", "b"']);
    expect(words('[{"anything-but": {"prefix": "x"}}]')).toEqual(['is not what begins with "x"']);
    expect(words('[{"exists": false}]')).toEqual(['is not there']);
    expect(words('[{"exists": true}]')).toEqual(['is there, whatever it is']);
    expect(words('[{"wildcard": "a*z"}]')).toEqual(['is like "a*z"']);
    expect(words('[{"cidr": "10.0.0.0/8"}]')).toEqual(['is an address within "10.0.0.0/8"']);
    expect(words('[{"later-made": 1}]')).toEqual(['later-made 1']);
  });

  it('are left alone where they cannot be read', () => {
    expect(conditionsOf('a body that is JSON')).toBeUndefined();
    expect(valuesOf('no list')).toEqual([]);
    expect(valuesOf('["a", {"prefix": "b"}]')).toEqual(['a']);
  });
});

describe('advice', () => {
  it('sees what is nearly right', () => {
    const on = (wanted: string, ...found: unknown[]) =>
      textsOn(way({ mismatch: mismatch(wanted, ...found) })).join();
    expect(on('["Gold"]', 'gold')).toContain('equals-ignore-case');
    expect(on('["7"]', 7)).toContain('of one type');
    expect(on('["gold "]', 'gold')).toContain('space');
    expect(on('["gold"]')).toContain('nothing at detail.tier');
    expect(on('["gold"]', 'silver')).toContain('add it to the conditions');
    expect(on('[{"numeric":[">",5]}]', 3)).toContain('widen the condition');
  });

  it('says how a rule or mapping is switched on', () => {
    const [rule] = adviceOn(way({ verdict: 'disabled' }));
    expect(rule?.command).toBe('aws events enable-rule --name gold --event-bus-name orders');
    const arn = `arn:aws:events:${AT}:rule/gold`;
    expect(adviceOn(way({ arn, verdict: 'disabled' }))[0]?.command).toBe(
      'aws events enable-rule --name gold',
    );
    const mapping = `arn:aws:lambda:${AT}:event-source-mapping:0af1`;
    expect(adviceOn(way({ arn: mapping, verdict: 'disabled' }))[0]?.command).toContain(
      '--uuid 0af1 --enabled',
    );
  });

  it('follows the last failure', () => {
    const failed = (outcome: string, target: string) =>
      way({ verdict: 'lost', attempts: [{ atMs: 1, target, outcome }] });
    const queue = `arn:aws:sqs:${AT}:work`;
    expect(textsOn(failed('NO_RESOURCE', queue))[0]).toBe(
      'There is no queue work: make it, or take it out of the targets.',
    );
    expect(textsOn(failed('TIMEOUT', queue))[0]).toContain('too long');
    expect(textsOn(failed('ODD', queue))[0]).toContain('ODD');
    expect(textsOn(failed('ODD', queue)).at(-1)).toContain('dead-letter queue');
    const [permission] = adviceOn(failed('NO_PERMISSIONS', `arn:aws:lambda:${AT}:function:run`));
    expect(permission?.command).toContain('add-permission --function-name run');
  });

  it('has nothing to say of what arrived', () => {
    expect(adviceOn(way({ verdict: 'delivered' }))).toEqual([]);
  });
});

describe('the summary', () => {
  const all = [
    way({ verdict: 'lost' }),
    way({ verdict: 'delivered' }),
    way({ verdict: 'not-matched' }),
    way({ verdict: 'disabled' }),
  ];

  it('counts what arrived and what failed', () => {
    expect(summaryOf(all)).toBe('1 of 4 ways delivered it, 1 chose it and failed.');
    expect(summaryOf([way()])).toBe('None of one way took it.');
    expect(summaryOf([])).toBe('Nothing listens where it was published.');
  });

  it('puts trouble first and keeps the order of nearness', () => {
    const { trouble, missed, delivered } = sorted(all);
    expect(trouble.map(({ verdict }) => verdict)).toEqual(['lost']);
    expect(missed.map(({ verdict }) => verdict)).toEqual(['not-matched', 'disabled']);
    expect(delivered).toHaveLength(1);
  });
});
