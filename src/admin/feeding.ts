/** What the journal says of a message or record that a mapping may have fed to its function. */
import type { Way } from '../admin-api/index.ts';
import { shortArn } from '../journal/draw.ts';
import type { Fact } from '../journal/journal.ts';
import type { Known } from '../journal/trace.ts';
import { attemptOf, type Ended, isLost, type Look } from './verdicts.ts';

type Mapping = Pick<Way, 'arn' | 'targets' | 'verdict'>;

/** Undefined where the journal has nothing of it: then counts what the mapping says now. */
export function ofFeeding(
  way: Mapping,
  { facts, effects }: Known,
  look: Look,
  placeArn: string,
): Ended | undefined {
  const own = facts.filter(
    ({ arn }) => arn === placeArn || arn.startsWith(`${placeArn}/consumer/`),
  );
  const uuid = way.arn.slice(way.arn.lastIndexOf(':') + 1);
  const function_ = way.targets[0] ?? '';
  const runs = runsOf(effects, look, function_);
  const attempts = runs.map((run) => ({ ...attemptOf(run), target: run.arn }));
  if (own.some(({ kind, note = '' }) => kind === 'drop' && note.includes(uuid))) {
    return filtered(way);
  }
  const received = own.some(({ kind, target }) => kind === 'receive' && target === function_);
  if (runs.length > 0 || received) return { ...endOf(own, runs, placeArn), attempts };
  const elsewhere = endedElsewhere(own);
  return elsewhere && { ...elsewhere, attempts };
}

/** Of the function, whatever its version. */
function runsOf(effects: readonly string[], look: Look, functionArn: string): readonly Fact[] {
  const bare = functionArn.split(':').slice(0, 7).join(':');
  return effects
    .flatMap((id) => look(id)?.facts ?? [])
    .filter(({ kind, arn }) => kind === 'invoke' && arn.startsWith(`${bare}:`))
    .sort((a, b) => a.atMs - b.atMs);
}

function filtered({ verdict }: Mapping): Ended | undefined {
  // What the filter says now tells more than that it has said so.
  if (verdict === 'not-matched') return undefined;
  const because = 'The filter of the mapping dropped it; it has been changed since.';
  return { verdict: 'not-matched', because, attempts: [] };
}

const ENDS = new Set<Fact['kind']>(['delete', 'dead-letter', 'drop']);

function endOf(
  own: readonly Fact[],
  runs: readonly Fact[],
  placeArn: string,
): Omit<Ended, 'attempts'> {
  const last = runs.at(-1);
  const end = own.findLast(({ kind }) => ENDS.has(kind));
  const count = runs.length === 1 ? 'one run' : `${runs.length} runs`;
  const failed = last && last.outcome !== 'ok' ? ` (${last.outcome}: ${last.note})` : '';
  if (end?.kind === 'dead-letter') {
    const to = end.target && !isLost(end) ? `put into ${shortArn(end.target)}` : 'lost';
    const verdict = to === 'lost' ? 'lost' : 'dead-lettered';
    return { verdict, because: `Given up after ${count}${failed} and ${to}.` };
  }
  if (end?.kind === 'drop') {
    const why = end.note ? `: ${end.note}` : '';
    return { verdict: 'lost', because: `Dropped after ${count}${failed}${why}.` };
  }
  const isStream = !placeArn.includes(':sqs:');
  if (last?.outcome === 'ok' && (isStream || end)) {
    return { verdict: 'delivered', because: `The function ran with it, and it is done.` };
  }
  if (end) return { verdict: 'not-then', because: 'Another consumer has confirmed it since.' };
  const because = last
    ? `The function ran with it in vain${failed}; it comes again.`
    : 'It was received, and the function could not be run yet: throttled, or not ready.';
  return { verdict: 'retrying', because };
}

/** It never came to this mapping's function, and never will. */
function endedElsewhere(own: readonly Fact[]): Omit<Ended, 'attempts'> | undefined {
  const end = own.findLast(({ kind }) => ENDS.has(kind));
  // What another mapping of a stream drops is there for this one all the same.
  if (!end?.arn.includes(':sqs:')) return undefined;
  if (end.kind === 'delete') {
    return { verdict: 'not-then', because: 'Another consumer received it and confirmed it.' };
  }
  if (end.kind === 'dead-letter') {
    const because = `It was received elsewhere too often and put into ${shortArn(end.target ?? '')}.`;
    return { verdict: 'dead-lettered', because };
  }
  const why = end.note ? `: ${end.note}` : '';
  return { verdict: 'lost', because: `It was dropped before the mapping had it${why}.` };
}
