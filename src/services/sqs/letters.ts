/**
 * Messages of a dead-letter queue, read as what they are: who gave each of them up, and why.
 *
 * A queue's own dead letter says where it comes from; why it was not deleted is known where a
 * function received it and failed. Letters of other services are read by those services.
 */
import { hash } from 'node:crypto';
import type { Attempt } from '../../admin-api/index.ts';
import type { Letter, Letters, Reading } from '../../delivery/letters.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Fact } from '../../journal/journal.ts';
import type { Known } from '../../journal/trace.ts';
import type { Peeked } from '../../storage/storage.ts';
import { shownAttributes } from './contents.ts';
import { decodeMeta } from './message.ts';
import type { Queue } from './queue.ts';

export type Knowing = (id: string) => Known | undefined;

export interface ReadLetter extends Reading {
  readonly letter: Letter;
  /** Stable key of what is alike: see `DeadLetterGroup`. */
  readonly group: string;
  /** The error with what differs from one to the next replaced by `…`. */
  readonly normalised: string;
  /** When it came into this queue, or when it was sent where the journal has forgotten. */
  readonly atMs: number;
  /** The queue that it left. */
  readonly sourceQueue?: string | undefined;
  /** Who else can send it again. */
  readonly letters?: Letters | undefined;
}

const MAX_RECEIVES = 'MaxReceives';
const UNKNOWN: Reading = { source: '', code: 'Unknown', error: 'Nothing tells why it is here.' };

export function readLetter(
  stack: Stack,
  queue: Queue,
  message: Peeked,
  known: Knowing,
): ReadLetter {
  const extras = decodeMeta(message.meta ?? '');
  const { attributes, traceHeader, deadLetterSourceArn: sourceQueue } = extras;
  const own = known(message.id);
  const buried = own?.madeBy?.target === queue.arn ? own.madeBy : undefined;
  const letter: Letter = {
    id: message.id,
    body: message.body,
    attributes: attributes ? shownAttributes(attributes) : {},
    group: message.group,
    traceHeader,
    queueArn: queue.arn,
    buried,
    before: (buried && known(buried.id)?.facts) ?? [],
  };
  const moved = own?.facts.findLast(
    ({ kind, target }) => kind === 'dead-letter' && target === queue.arn,
  );
  const about = { letter, sourceQueue, atMs: (moved ?? buried)?.atMs ?? message.sentAtMs };
  if (sourceQueue !== undefined) {
    const { receivedElsewhere: receives = 0 } = extras;
    const error = failureOf(own, known) ?? `Received ${receives} times and not deleted.`;
    const reading = { source: sourceQueue, code: MAX_RECEIVES, error, origin: sourceQueue };
    return grouped({ ...about, ...reading });
  }
  for (const { letters } of stack.origins.values()) {
    const reading = letters?.read(letter);
    if (reading) return grouped({ ...about, ...reading, letters });
  }
  return grouped({ ...about, ...UNKNOWN });
}

type Ungrouped = Omit<ReadLetter, 'group' | 'normalised'>;

function grouped(read: Ungrouped): ReadLetter {
  const { source, code, error } = read;
  const normalised = normalise(error);
  const group = hash('sha256', JSON.stringify([source, code, normalised]), 'hex').slice(0, 16);
  return { ...read, group, normalised };
}

/** Invocations of a message that are looked at; later ones tell no more. */
const MOST_INVOCATIONS = 20;

/** What the last function that failed on it said. */
function failureOf(own: Known | undefined, known: Knowing): string | undefined {
  const failed = failedRuns(own, known).at(-1);
  return failed && `${failed.outcome}: ${(failed.note ?? '').replace(/^\d+ ms(?:, )?/, '')}`;
}

function failedRuns(own: Known | undefined, known: Knowing): readonly Fact[] {
  const effects = own?.effects.slice(-MOST_INVOCATIONS) ?? [];
  const runs = effects.flatMap((id) => known(id)?.facts ?? []);
  return runs.filter(({ kind, outcome }) => kind === 'invoke' && outcome !== 'ok');
}

const MOST_CHARS = 300;
const ELLIPSIS = '…';
/** In this order: times, UUIDs, hexadecimal, ids made of letters and digits, numbers. */
const VARIABLE = [
  /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?/g,
  /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi,
  /\b0x[0-9a-f]+\b/gi,
  /\b(?=[\w-]*\d)[\w-]{6,}\b/g,
  /\d+(?:[.,:]\d+)*/g,
];

/** An error without what tells one from the next that is like it. */
export function normalise(error: string): string {
  let text = error.replace(/\s+/g, ' ').trim();
  for (const pattern of VARIABLE) text = text.replace(pattern, ELLIPSIS);
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}${ELLIPSIS}` : text;
}

/** Hand-overs that are followed back. */
const MOST_STEPS = 20;

/**
 * What was tried before it came into the queue, oldest first: who received it and did not delete
 * it, which functions failed on it, which hand-overs were refused, and when it was redriven.
 */
export function historyOf(queue: Queue, id: string, known: Knowing): readonly Attempt[] {
  const facts = new Set<Fact>();
  const steps = stepsBack(id, known).toReversed();
  const ids = new Set(steps.map((step) => step.id));
  for (const step of steps) {
    for (const fact of known(step.madeBy?.id ?? '')?.facts ?? []) {
      const isRefused = fact.arn === step.madeBy?.arn && fact.outcome !== 'ok';
      const isTold = fact.kind === 'invoke' || (fact.kind === 'deliver' && isRefused);
      if (isTold || isRedrive(fact)) facts.add(fact);
    }
    const own = known(step.id);
    for (const fact of own?.facts ?? []) {
      if (fact.kind === 'receive' && fact.arn !== queue.arn) facts.add(fact);
    }
    for (const fact of failedRuns(own, known)) if (!ids.has(fact.id)) facts.add(fact);
  }
  return [...facts].sort((a, b) => a.atMs - b.atMs).map(attemptOf);
}

/** How often it, or what it was before, was sent again and came back. */
export function redrivenTimes(id: string, known: Knowing): number {
  const before = stepsBack(id, known).slice(1);
  return before.filter((step) => known(step.id)?.facts.some(isRedrive)).length;
}

interface Step {
  readonly id: string;
  readonly madeBy?: Fact | undefined;
}

/** The message and what it was made from, and that from, the nearest first. */
function stepsBack(id: string, known: Knowing): readonly Step[] {
  const steps: Step[] = [];
  let at: string | undefined = id;
  while (at !== undefined && steps.length < MOST_STEPS) {
    const madeBy: Fact | undefined = known(at)?.madeBy;
    steps.push({ id: at, madeBy });
    at = madeBy?.id;
  }
  return steps;
}

/** Only messages that leave a queue for another one are handed over by a queue. */
function isRedrive({ kind, arn }: Fact): boolean {
  return kind === 'deliver' && arn.split(':')[2] === 'sqs';
}

function attemptOf(fact: Fact): Attempt {
  const { kind, atMs, target, arn, note } = fact;
  const told = kind === 'receive' ? 'received' : (fact.outcome ?? 'ok');
  const about = { atMs, target: target ?? arn, outcome: isRedrive(fact) ? 'redriven' : told };
  return note === undefined ? about : { ...about, note };
}
