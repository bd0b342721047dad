/** What the journal says of a message or record that a mapping may have fed to its function. */
import type { Way } from '../admin-api/index.ts';
import { nodeArn } from '../delivery/map-parts.ts';
import { shortArn } from '../journal/draw.ts';
import { type Fact, isLost } from '../journal/journal.ts';
import type { Known } from '../journal/trace.ts';
import { attemptOf, type Ended, type Look } from './verdicts.ts';

type Mapping = Pick<Way, 'arn' | 'targets' | 'verdict'>;

/** Undefined where the journal has nothing of it: then counts what the mapping says now. */
export function ofFeeding(
  way: Mapping,
  { facts, effects }: Known,
  look: Look,
  placeArn: string,
): Ended | undefined {
  const [fed = ''] = way.targets;
  const isStream = !placeArn.includes(':sqs:');
  const there = facts.filter(
    ({ arn }) => arn === placeArn || arn.startsWith(`${placeArn}/consumer/`),
  );
  const uuid = way.arn.slice(way.arn.lastIndexOf(':') + 1);
  if (there.some(({ kind, note = '' }) => kind === 'drop' && note.includes(uuid))) {
    return filtered(way);
  }
  const runs = runsOf(effects, look, fed);
  const attempts = runs.map((run) => ({ ...attemptOf(run), target: run.arn }));
  const end = there.findLast(({ kind }) => ENDS.has(kind));
  if (runs.length > 0 || there.some(({ kind, target }) => kind === 'receive' && target === fed)) {
    const told = isStream ? endInStream(runs, end) : endInQueue(runs, end);
    return { ...told, attempts };
  }
  // What another mapping does with a record of a stream is nothing to this one.
  return isStream || !end ? undefined : { ...elsewhere(end), attempts };
}

const ENDS = new Set<Fact['kind']>(['delete', 'dead-letter', 'drop']);

/** Of the function, whatever its version. */
function runsOf(effects: readonly string[], look: Look, functionArn: string): readonly Fact[] {
  const bare = nodeArn(functionArn);
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

type Told = Omit<Ended, 'attempts'>;

function endInQueue(runs: readonly Fact[], end: Fact | undefined): Told {
  if (end?.kind === 'dead-letter') return deadLetter(runs, end);
  if (end?.kind === 'drop') {
    const why = end.note ? `: ${end.note}` : '';
    return { verdict: 'lost', because: `Dropped after ${inVain(runs)}${why}.` };
  }
  if (!end) return again(runs);
  if (runs.at(-1)?.outcome === 'ok') return DONE;
  return { verdict: 'not-then', because: 'Another consumer has confirmed it since.' };
}

/** Several mappings may read one stream, and only their runs tell them apart. */
function endInStream(runs: readonly Fact[], end: Fact | undefined): Told {
  const last = runs.at(-1);
  if (last?.outcome === 'ok') return DONE;
  const isEnded = end?.kind === 'dead-letter' && end.atMs >= (last?.atMs ?? 0);
  return isEnded ? deadLetter(runs, end) : again(runs);
}

const DONE: Told = { verdict: 'delivered', because: 'The function ran with it, and it is done.' };

function deadLetter(runs: readonly Fact[], end: Fact): Told {
  const { target } = end;
  const after = `Given up after ${inVain(runs)} and`;
  if (target === undefined || isLost(end)) return { verdict: 'lost', because: `${after} lost.` };
  return { verdict: 'dead-lettered', because: `${after} put into ${shortArn(target)}.` };
}

function again(runs: readonly Fact[]): Told {
  const because =
    runs.length > 0
      ? `It comes again after ${inVain(runs)}.`
      : 'It was received, and the function could not be run yet: throttled, or not ready.';
  return { verdict: 'retrying', because };
}

/** `2 runs (TypeError: no such order)`; the note of a run begins with how long it took. */
function inVain(runs: readonly Fact[]): string {
  const { outcome = 'ok', note = '' } = runs.at(-1) ?? {};
  const why = note.replace(/^\d+ ms(, )?/, '');
  const failed = outcome === 'ok' ? '' : ` (${[outcome, why].filter(Boolean).join(': ')})`;
  return `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}${failed}`;
}

/** It never came to this mapping's function, and never will. */
function elsewhere({ kind, target = '', note }: Fact): Told {
  if (kind === 'delete') {
    return { verdict: 'not-then', because: 'Another consumer received it and confirmed it.' };
  }
  if (kind === 'dead-letter') {
    const because = `It was received elsewhere too often and put into ${shortArn(target)}.`;
    return { verdict: 'dead-lettered', because };
  }
  const why = note ? `: ${note}` : '';
  return { verdict: 'lost', because: `It was dropped before the mapping had it${why}.` };
}
