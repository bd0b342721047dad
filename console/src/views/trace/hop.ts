/** What became of one event, message or run: the facts about it, read for people. */
import type { Fact, TraceNode } from '../../../../src/admin-api/index.ts';
import { kindOf, shortName } from '../../ui/arns.ts';
import { span } from '../../ui/when.ts';
import { buriedIn, codeOf, type Hand, handsOf, isLost, isReplayed } from './hands.ts';

export type HopState =
  /** Handed over, consumed, run. */
  | 'ok'
  /** In a queue, and nobody has taken it yet. */
  | 'waiting'
  /** Taken, and neither confirmed nor given back. */
  | 'held'
  | 'retry'
  | 'fail'
  | 'dead'
  /** Given up, with no dead-letter queue to go to. */
  | 'lost'
  /** Filtered out, expired, purged, matched by nothing. */
  | 'dropped'
  /** The journal knows its name only. */
  | 'unknown';

export interface Hop {
  readonly node: TraceNode;
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly state: HopState;
  /** A few words: what it waited for, how long it ran, what went wrong. */
  readonly says: string;
  readonly hands: readonly Hand[];
  readonly receives: number;
  /** From when to when it was about; undefined where the journal does not reach. */
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  /** In a queue before it was first taken. */
  readonly waitMs: number | undefined;
  readonly runMs: number | undefined;
}

export function hopOf(node: TraceNode): Hop {
  const hands = handsOf(node.facts);
  const kind = node.arn ? kindOf(node.arn) : 'unknown';
  const invoke = node.facts.findLast((fact) => fact.kind === 'invoke');
  const runMs = invoke && runOf(invoke);
  const times = node.facts.map(({ atMs }) => atMs);
  const bornMs = node.atMs ?? times[0];
  const startMs = bornMs !== undefined && runMs !== undefined ? bornMs - runMs : bornMs;
  const receives = node.facts.filter((fact) => fact.kind === 'receive');
  const [first] = receives;
  const waitMs = first && bornMs !== undefined ? first.atMs - bornMs : undefined;
  const state = stateOf(node, kind, hands, invoke);
  const known = { node, kind, state, hands, runMs, waitMs, receives: receives.length };
  return {
    ...known,
    id: node.id,
    title: titleOf(node),
    says: wordsOf(known),
    startMs,
    endMs: startMs === undefined ? undefined : Math.max(startMs, ...times),
  };
}

function titleOf({ note, arn, id }: TraceNode): string {
  if (note) return note;
  if (!arn) return id;
  return shortName(arn);
}

/** A run tells how long it took at the beginning of its note: `117 ms`, `117 ms, Boom`. */
function runOf({ note = '' }: Fact): number | undefined {
  const took = /^(\d+) ms\b/.exec(note)?.[1];
  return took === undefined ? undefined : Number(took);
}

function stateOf(
  node: TraceNode,
  kind: string,
  hands: readonly Hand[],
  invoke: Fact | undefined,
): HopState {
  const has = (wanted: Fact['kind']) => node.facts.some((fact) => fact.kind === wanted);
  if (node.facts.length === 0 && node.arn === undefined) return 'unknown';
  const buried = buriedIn(node.facts);
  if (buried.length > 0) return buried.every(isLost) ? 'lost' : 'dead';
  if (hands.some(({ state }) => state === 'retry')) return 'retry';
  if (invoke && invoke.outcome !== 'ok') return 'fail';
  if (hands.some(({ state }) => state === 'fail')) return 'fail';
  const isGone = has('delete') || has('drop');
  if (kind === 'queue' && !isGone) return has('receive') ? 'held' : 'waiting';
  return has('drop') ? 'dropped' : 'ok';
}

type Known = Pick<Hop, 'node' | 'kind' | 'state' | 'hands' | 'runMs' | 'waitMs' | 'receives'>;

function wordsOf({ node, kind, state, hands, runMs, waitMs, receives }: Known): string {
  const words: string[] = [];
  const of = (wanted: Fact['kind']) => node.facts.findLast((fact) => fact.kind === wanted);
  if (runMs !== undefined) words.push(`ran ${span(runMs)}`);
  const outcome = of('invoke')?.outcome;
  if (outcome && outcome !== 'ok') words.push(outcome);
  if (kind === 'queue') {
    if (waitMs !== undefined) words.push(`waited ${span(waitMs)}`);
    if (receives > 1) words.push(`received ${receives} times`);
    if (state === 'waiting') words.push('waits');
    if (state === 'held') words.push('in flight');
  }
  const tries = hands.filter((hand) => hand.tries > 0);
  const done = tries.filter((hand) => hand.state === 'ok').length;
  if (tries.length > 0) words.push(`${done} of ${tries.length} handed over`);
  if (isReplayed(node.facts)) words.push('replayed');
  if (of('dead-letter') && buriedIn(node.facts).length === 0) words.push('redriven');
  if (state === 'dead') words.push('dead-lettered');
  if (state === 'lost') words.push(`given up: ${codeOf(of('dead-letter'))}`);
  const dropped = of('drop')?.outcome;
  if (state === 'dropped') words.push(dropped ? (DROPS[dropped] ?? dropped) : 'dropped');
  return words.join(', ');
}

const DROPS: Readonly<Record<string, string>> = {
  NO_RULES_MATCHED: 'no rule matched',
  FILTERED: 'filtered out',
};

/** The name of the rule, or what the fact that it matched calls it; subscriptions have none. */
export function wayName({ facts }: TraceNode, arn: string): string {
  const match = facts.find((fact) => fact.kind === 'match' && fact.arn === arn);
  if (match?.note) return match.note;
  const name = shortName(arn);
  if (kindOf(arn) === 'subscription') return '';
  return kindOf(arn) === 'rule' ? name.slice(name.lastIndexOf('/') + 1) : name;
}
