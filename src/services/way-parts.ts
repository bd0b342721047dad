/** Ways from where something was published, as lenses tell of them; see `src/admin-api/why.ts`. */
import type { Way } from '../admin-api/index.ts';
import { type Mismatch, sentenceOf } from '../event-patterns/explain.ts';

export type DeclaredWay = Omit<Way, 'attempts'>;
export type WayAbout = Pick<Way, 'arn' | 'name' | 'kind' | 'targets'>;

export function notMatched(
  about: WayAbout,
  mismatch: Mismatch,
  because = sentenceOf(mismatch),
): DeclaredWay {
  return { ...about, verdict: 'not-matched', because: inShort(because), ...told(mismatch) };
}

/** `what` says what state it is in; whether it would match all the same is told behind it. */
export function off(
  about: WayAbout,
  verdict: 'disabled' | 'pending-confirmation',
  what: string,
  mismatch: Mismatch | undefined,
  sentence = mismatch && sentenceOf(mismatch),
): DeclaredWay {
  if (!mismatch) return { ...about, verdict, because: what };
  const because = inShort(`${what} It would not match either: ${sentence}`);
  return { ...about, verdict, because, ...told(mismatch) };
}

/** It would be taken now. */
export function notThen(about: WayAbout, because: string): DeclaredWay {
  return { ...about, verdict: 'not-then', because };
}

export function notKnown(about: WayAbout): DeclaredWay {
  const because = 'What it held is not kept, so that nobody can say whether it matches.';
  return { ...about, verdict: 'unknown', because };
}

const MOST_CHARS = 1_000;

/** What is found may be a text of any length. */
function inShort(sentence: string): string {
  return sentence.length > MOST_CHARS ? `${sentence.slice(0, MOST_CHARS)}…` : sentence;
}

/** Where the whole is to blame, a body that is no JSON, there is no path to point at. */
function told({ path, wanted, found, nearness }: Mismatch): Pick<Way, 'mismatch'> {
  return path === '' ? {} : { mismatch: { path, wanted, found, nearness } };
}
