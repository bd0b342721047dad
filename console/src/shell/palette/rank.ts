/** Which entries a few letters mean, the likeliest first. */

export interface Ranked {
  /** What is shown, and is looked in first. */
  readonly label: string;
  /** Further words by which it is found. */
  readonly more?: string;
}

const WHOLE = 100;
const START = 60;
const WORD_START = 40;
const WITHIN = 20;
const LETTERS = 5;

/** Every word of `query` must be found; 0 where one is not. */
export function scoreOf({ label, more = '' }: Ranked, query: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  let score = 1;
  for (const word of words) {
    const inLabel = wordScore(label.toLowerCase(), word);
    const best = Math.max(inLabel, wordScore(more.toLowerCase(), word) / 2);
    if (best === 0) return 0;
    score += best;
  }
  // Of two that match alike the shorter one is meant.
  return score + 10 / (10 + label.length);
}

function wordScore(text: string, word: string): number {
  if (text === word) return WHOLE;
  const at = text.indexOf(word);
  if (at === 0) return START;
  if (at > 0) return /[a-z0-9]/.test(text[at - 1] ?? '') ? WITHIN : WORD_START;
  return hasLetters(text, word) ? LETTERS : 0;
}

/** All letters in their order, with others between: `opd` of `orders-payment-dlq`. */
function hasLetters(text: string, word: string): boolean {
  let at = 0;
  for (const letter of text) if (letter === word[at]) at += 1;
  return at === word.length && word.length > 1;
}

/** The best `most`, and among equals in the order given. */
export function ranked<Entry extends Ranked>(
  entries: readonly Entry[],
  query: string,
  most: number,
): readonly Entry[] {
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry, query) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ entry }) => entry);
}

/** Whether what was typed can be an id: one word, long enough, with a digit in it. */
export function looksLikeId(query: string): boolean {
  return /^\S{6,}$/.test(query) && /\d/.test(query);
}
