/** What was published, in a few words for lists. */
import type { Published } from '../../../src/admin-api/index.ts';

/** A detail-type, a subject, how long a run took; what kind it is, where it says nothing. */
export function whatOf({ form, note }: Pick<Published, 'form' | 'note'>): string {
  if (!note) return form;
  return form === 'invocation' && /^\d+ ms\b/.test(note) ? `ran ${note}` : note;
}
