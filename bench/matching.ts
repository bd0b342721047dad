/**
 * Matching alone, in process: what it costs to find the one rule of N that an event matches.
 */
import { compilePatterns } from '../src/event-patterns/matcher.ts';
import { parsePattern } from '../src/event-patterns/pattern.ts';

export interface MatchingCost {
  readonly rules: number;
  /** Per event. */
  readonly nanoseconds: number;
}

/** The pattern of rule `index`; its source is told apart, the rest is alike in all rules. */
export function patternOf(index: number): string {
  return JSON.stringify({
    source: [sourceOf(index)],
    'detail-type': ['OrderPlaced'],
    detail: { customer: { tier: ['gold', 'silver'] } },
  });
}

export function sourceOf(index: number): string {
  return `shop.${index}`;
}

export function matchingCost(rules: number, events: number): MatchingCost {
  const patterns = Array.from({ length: rules }, (_, id) => ({
    id,
    pattern: parsePattern(patternOf(id)),
  }));
  const matcher = compilePatterns(patterns);
  const some = Array.from({ length: 1_000 }, (_, i) => eventOf(i % rules));
  const run = (count: number) => {
    let matched = 0;
    for (let i = 0; i < count; i++) matched += matcher.matching(some[i % some.length]).length;
    return matched;
  };
  run(events / 10);
  const startedAtMs = performance.now();
  const matched = run(events);
  const ms = performance.now() - startedAtMs;
  if (matched !== events) throw new Error(`${matched} matches instead of ${events}`);
  return { rules, nanoseconds: (ms * 1e6) / events };
}

function eventOf(index: number): object {
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'OrderPlaced',
    source: sourceOf(index),
    account: '000000000000',
    time: '2026-11-01T00:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail: {
      orderId: 'A-1',
      customer: { id: index, tier: 'gold' },
      lines: [{ sku: 'A-1', quantity: 2 }],
      note: 'x'.repeat(400),
    },
  };
}
