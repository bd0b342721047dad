import { describe, expect, it } from 'vitest';
import { groupedBySecond, marksOf, placeOnLine } from '../../console/src/views/time/due.ts';
import {
  type FaultSpec,
  faultWords,
  NO_FAULT,
  readDraft,
} from '../../console/src/views/time/faults.ts';

describe('what falls due', () => {
  it('stands in one line where it comes in the same second', () => {
    const groups = groupedBySecond({
      nowMs: 0,
      due: [
        { atMs: 5_100, what: 'on lease in work', count: 2 },
        { atMs: 5_900, what: 'on lease in work', count: 1 },
        { atMs: 5_900, what: 'job schedule', count: 1 },
        { atMs: 1_000, what: 'job schedule', count: 1 },
      ],
    });
    expect(groups).toEqual([
      { atMs: 1_000, things: [{ what: 'job schedule', count: 1 }], count: 1 },
      {
        atMs: 5_900,
        things: [
          { what: 'on lease in work', count: 3 },
          { what: 'job schedule', count: 1 },
        ],
        count: 4,
      },
    ]);
  });

  it('has room on the line for seconds and for days', () => {
    const day = 86_400_000;
    const places = [0, 1_000, 60_000, 3_600_000, day].map((ms) => placeOnLine(ms, 0, day));
    expect(places[0]).toBe(0);
    expect(places.at(-1)).toBe(1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(placeOnLine(1_000, 0, day)).toBeGreaterThan(0.1);
    expect(marksOf(0, 120_000).map(({ label }) => label)).toEqual(['1 s', '10 s', '1 min']);
    expect(marksOf(0, 0)).toEqual([]);
  });
});

describe('a fault', () => {
  it('is told in one sentence', () => {
    const say = (fault: Partial<FaultSpec>) => faultWords({ at: 'api', probability: 1, ...fault });
    const throttled = { service: 'sqs', operation: 'SendMessage', error: 'ThrottlingException' };
    expect(say({ ...throttled, probability: 0.05 })).toBe(
      '5 % of sqs SendMessage are refused with ThrottlingException.',
    );
    expect(say({ delayMs: 2_000, times: 1 })).toBe(
      'Every operation is answered 2.0 s later, once at most.',
    );
    const arn = 'arn:aws:sqs:us-east-1:000000000000:work';
    expect(say({ at: 'delivery', arn, duplicate: true, probability: 0.125 })).toBe(
      '12.5 % of hand-overs of queue work are made twice.',
    );
    expect(say({ at: 'delivery', error: 'TIMEOUT', delayMs: 500, times: 3 })).toBe(
      'Every hand-over fails with TIMEOUT, and is tried again 500 ms later, 3 times at most.',
    );
  });

  it('is read from what was typed, without what belongs to another kind', () => {
    const typed = { ...NO_FAULT, service: 'sqs', arn: 'arn:x', error: ' Odd ', percent: '2,5' };
    expect(readDraft(typed)).toEqual({
      spec: { at: 'api', service: 'sqs', probability: 0.025, error: 'Odd' },
      problems: {},
    });
    const delivery = { ...typed, at: 'delivery', error: '', duplicate: true, seed: '7' } as const;
    expect(readDraft(delivery).spec).toEqual({
      ...{ at: 'delivery', arn: 'arn:x', probability: 0.025, duplicate: true, seed: 7 },
    });
  });

  it('says what is wrong where', () => {
    const wrong = { ...NO_FAULT, percent: '0', times: '0', delay: '-1', seed: 'x', error: 'a b' };
    expect(Object.keys(readDraft(wrong).problems).sort()).toEqual(
      ['delay', 'error', 'percent', 'seed', 'times'].sort(),
    );
    expect(readDraft(NO_FAULT).problems.error).toContain('Say what happens');
    const late = { ...NO_FAULT, delay: '20' };
    expect(readDraft(late).problems).toEqual({});
  });
});
