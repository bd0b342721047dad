/** What the journal says of one way: what was tried along it, and how it ended. */
import type { Attempt, Way } from '../admin-api/index.ts';
import { shortArn } from '../journal/draw.ts';
import { type Fact, isLost } from '../journal/journal.ts';
import type { Known } from '../journal/trace.ts';
import { remedyFor } from './remedies.ts';

export interface Ended {
  readonly verdict: Way['verdict'];
  readonly because: string;
  readonly attempts: readonly Attempt[];
}

export type Look = (id: string) => Known | undefined;

/** How it stands with one target. */
interface Standing {
  readonly target: string;
  readonly attempts: number;
  readonly last: Fact;
  readonly state: 'delivered' | 'retrying' | 'dead-lettered' | 'lost';
  /** What followed from the last attempt: that there is another one, or the end. */
  readonly end?: Fact | undefined;
}

/** Facts of hand-overs that one rule or subscription has made. Undefined when it took nothing. */
export function ofHandOvers(
  way: Pick<Way, 'arn' | 'kind' | 'targets'>,
  facts: readonly Fact[],
  look: Look,
  placeArn: string,
): Ended | undefined {
  const own = facts.filter(({ arn }) => arn === way.arn);
  const took = own.filter(({ kind }) => TAKEN.has(kind));
  if (took.length === 0) return undefined;
  const attempts = own.filter(({ kind }) => kind === 'deliver').map(attemptOf);
  const standings = standingsIn(own);
  const worst = GRAVITY.map((state) => standings.filter((one) => one.state === state)).find(
    (some) => some.length > 0,
  );
  const first = worst?.[0];
  if (!worst || !first) return { ...untried(way), attempts };
  if (first.state === 'delivered') {
    const names = standings.map(({ target }) => shortArn(target)).join(', ');
    const after = standings.flatMap(({ last }) => afterwards(last, look));
    return {
      verdict: 'delivered',
      because: [`Handed over to ${names}.`, ...after].join(' '),
      attempts,
    };
  }
  const said = worst.map((standing) => sentenceOf(standing, way, placeArn));
  return { verdict: first.state, because: said.join(' '), attempts };
}

const TAKEN = new Set<Fact['kind']>(['match', 'deliver', 'retry', 'dead-letter']);
const GRAVITY = ['lost', 'dead-lettered', 'retrying', 'delivered'] as const;

function untried({ kind, targets }: Pick<Way, 'kind' | 'targets'>): Omit<Ended, 'attempts'> {
  if (kind === 'archive') return { verdict: 'delivered', because: 'It is in the archive.' };
  if (targets.length === 0) {
    const because = `The ${kind} took it, and has no target to hand it to.`;
    return { verdict: 'delivered', because };
  }
  const names = targets.map(shortArn).join(', ');
  return { verdict: 'retrying', because: `On its way to ${names}; nothing has been tried yet.` };
}

export function attemptOf({ atMs, target = '', outcome = 'ok', note }: Fact): Attempt {
  return { atMs, target, outcome, ...(note !== undefined && { note }) };
}

/** A dead letter names its queue, and stands behind the attempt that it ends. */
function standingsIn(facts: readonly Fact[]): readonly Standing[] {
  const standings = new Map<string, Standing>();
  let tried: string | undefined;
  for (const fact of facts) {
    const target = fact.kind === 'deliver' ? (fact.target ?? '') : tried;
    const before = target === undefined ? undefined : standings.get(target);
    if (fact.kind === 'deliver' && target !== undefined) {
      tried = target;
      const state = fact.outcome === 'ok' ? 'delivered' : 'retrying';
      standings.set(target, { target, last: fact, state, attempts: (before?.attempts ?? 0) + 1 });
    } else if (before && fact.kind === 'retry') {
      standings.set(before.target, { ...before, end: fact });
    } else if (before && fact.kind === 'dead-letter') {
      const state = isLost(fact) ? 'lost' : 'dead-lettered';
      standings.set(before.target, { ...before, state, end: fact });
    }
  }
  return [...standings.values()];
}

function sentenceOf(
  { target, attempts, last, state, end }: Standing,
  way: Pick<Way, 'arn' | 'kind'>,
  placeArn: string,
): string {
  const said = last.note ? `: ${last.note.replace(/\.$/, '')}` : '';
  const what = `${shortArn(target)} refused it with ${last.outcome}${said}.`;
  const remedy = remedyFor(last, way, placeArn);
  return [what, remedy, ...followed({ state, end, attempts })].filter(Boolean).join(' ');
}

function followed({
  state,
  end,
  attempts,
}: Pick<Standing, 'state' | 'end' | 'attempts'>): readonly string[] {
  const count = attempts === 1 ? 'one attempt' : `${attempts} attempts`;
  if (state === 'retrying') return end?.note ? [`It is tried again: ${end.note}.`] : [];
  if (state === 'dead-lettered') {
    return [`Given up after ${count}, and put into ${shortArn(end?.target ?? '')}.`];
  }
  return [`Given up after ${count} and lost: no dead-letter queue took it.`];
}

/** A function has taken an event when it is stored; it may fail with it all the same. */
function afterwards({ target = '', produced }: Fact, look: Look): readonly string[] {
  const failed = failureOf((produced === undefined ? undefined : look(produced))?.facts ?? []);
  return failed === undefined ? [] : [`${shortArn(target)} then ${failed}.`];
}

/** How a function has failed with an asynchronous event; undefined when it did not in the end. */
export function failureOf(facts: readonly Fact[]): string | undefined {
  const end = facts.findLast(({ kind }) => kind === 'dead-letter' || kind === 'retry');
  const run = facts.findLast(({ kind }) => kind === 'invoke');
  if (!end || (run?.outcome === 'ok' && run.atMs >= end.atMs)) return undefined;
  const what = end.kind === 'retry' ? 'is tried again' : 'was given up';
  return `failed with it (${run?.outcome ?? end.outcome}), and it ${what}`;
}
