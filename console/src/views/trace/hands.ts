/** Hand-overs of one event: where to, how often, with what end. */
import type { Fact } from '../../../../src/admin-api/index.ts';

/** Along one rule, subscription or destination to one target. */
export interface Hand {
  readonly arn: string;
  readonly target: string | undefined;
  readonly state: 'ok' | 'retry' | 'fail' | 'dead' | 'lost';
  readonly tries: number;
  /** Tries that went well: more than one when it was replayed, redriven or doubled. */
  readonly done: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** The ids it goes on under. */
  readonly produced: readonly string[];
  /** The last error: its code, and its words. */
  readonly error: string | undefined;
  readonly note: string | undefined;
}

/** How the outcome of what found no dead-letter queue begins. */
const LOST = 'LOST:';

export const isLost = ({ outcome }: Fact) => outcome?.startsWith(LOST) === true;

export function codeOf(fact: Fact | undefined): string {
  return (fact?.outcome ?? '').replace(LOST, '');
}

const STATES: Readonly<Partial<Record<Fact['kind'], Hand['state']>>> = {
  retry: 'retry',
  'dead-letter': 'dead',
};

export function handsOf(facts: readonly Fact[]): readonly Hand[] {
  const hands = new Map<string, Hand>();
  for (const fact of facts) {
    const { kind, arn, target } = fact;
    if (kind !== 'deliver' && kind !== 'retry' && kind !== 'dead-letter') continue;
    // What is lost ends where it was to go; a dead letter goes elsewhere.
    const isDead = kind === 'dead-letter' && !isLost(fact);
    const key = `${isDead} ${arn} ${target}`;
    hands.set(key, added(hands.get(key), fact));
  }
  return [...hands.values()];
}

function added(before: Hand | undefined, fact: Fact): Hand {
  const { kind, arn, target, atMs, outcome = 'ok', produced } = fact;
  const isTry = kind === 'deliver';
  const isDone = isTry && outcome === 'ok';
  const ids = before?.produced ?? [];
  return {
    ...{ arn, target, lastMs: atMs, firstMs: before?.firstMs ?? atMs },
    state: isLost(fact) ? 'lost' : (STATES[kind] ?? (isDone ? 'ok' : 'fail')),
    tries: (before?.tries ?? 0) + (isTry ? 1 : 0),
    done: (before?.done ?? 0) + (isDone ? 1 : 0),
    produced: produced === undefined || ids.includes(produced) ? ids : [...ids, produced],
    error: outcome === 'ok' ? before?.error : codeOf(fact),
    note: kind === 'retry' ? (before?.note ?? fact.note) : (fact.note ?? before?.note),
  };
}

/** Dead letters that were not handed over afterwards by the same rule or subscription. */
export function buriedIn(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(({ kind, arn }, index) => {
    if (kind !== 'dead-letter') return false;
    const later = facts.slice(index + 1);
    return !later.some((one) => one.kind === 'deliver' && one.arn === arn && one.outcome === 'ok');
  });
}

/** A rule matches an event once; it does so again when an archive replays the event. */
export function isReplayed(facts: readonly Fact[]): boolean {
  const matched = facts.filter(({ kind }) => kind === 'match').map(({ arn }) => arn);
  return new Set(matched).size < matched.length;
}
