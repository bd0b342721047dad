/**
 * Matches one pattern against one event: filter policies, archives and event filters.
 * For many patterns at once see matcher.ts, which answers the same.
 */
import { consistent } from './arrays.ts';
import { accepts } from './condition.ts';
import { someLeaf } from './leaves.ts';
import type { Branch, Field, Pattern } from './pattern.ts';
import type { Work } from './work.ts';

/** `event` is a parsed JSON object; see `parseExact` for integers beyond 2^53. */
export function matches(pattern: Pattern, event: unknown): boolean {
  const work = { steps: 0 };
  return pattern.branches.some((branch) => branchMatches(branch, event, work));
}

export function branchMatches(branch: Branch, event: unknown, work: Work): boolean {
  let crossings = 0;
  for (const field of branch) {
    const answer = fieldMatches(field, event, work);
    if (answer === 'no') return false;
    if (answer === 'through arrays') crossings++;
    else if (answer === 'unclear') crossings += 2;
  }
  return crossings < 2 || consistent(branch, event, work);
}

/**
 * Whether a field matches when looked at alone. Fields that are reached through elements of an
 * array must agree on the element, so where there are several they are looked at together; and
 * only then it is clear whether a field is missing from the element they agree on.
 */
type Answer = 'yes' | 'no' | 'through arrays' | 'unclear';

export function fieldMatches(field: Field, event: unknown, work: Work): Answer {
  let present = false;
  let crossed = false;
  const accepted = someLeaf(event, field.steps, 0, false, (leaf, crossing) => {
    work.steps++;
    present = true;
    crossed ||= crossing;
    return accepts(field.test, leaf);
  });
  if (accepted) return crossed ? 'through arrays' : 'yes';
  if (!field.mayBeAbsent) return 'no';
  if (present) return crossed ? 'unclear' : 'no';
  return 'yes';
}
