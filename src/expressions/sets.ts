/**
 * What ADD and DELETE do to the value that is there. Types that do not go together are refused
 * with the words of `mismatch`.
 */
import { base64, type Value } from './attribute-values.ts';
import { ExpressionError } from './errors.ts';
import { addNumbers } from './numbers.ts';

/** The sum of two numbers, the union of two sets; `value` itself where nothing is there yet. */
export function addTo(there: Value | undefined, value: Value, mismatch: string): Value {
  if (there === undefined) return value;
  if ('N' in there && 'N' in value) return { N: addNumbers(there.N, value.N) };
  if ('SS' in there && 'SS' in value) return { SS: [...new Set([...there.SS, ...value.SS])] };
  if ('NS' in there && 'NS' in value) return { NS: [...new Set([...there.NS, ...value.NS])] };
  if ('BS' in there && 'BS' in value) {
    return { BS: [...there.BS, ...without(value.BS, there.BS, base64)] };
  }
  throw new ExpressionError(mismatch);
}

/** What is left of a set; undefined for none, as there are no empty sets. */
export function deleteFrom(
  there: Value | undefined,
  value: Value,
  mismatch: string,
): Value | undefined {
  if (there === undefined) return undefined;
  if ('SS' in there && 'SS' in value) {
    const SS = without(there.SS, value.SS, (member) => member);
    return SS.length > 0 ? { SS } : undefined;
  }
  if ('NS' in there && 'NS' in value) {
    const NS = without(there.NS, value.NS, (member) => member);
    return NS.length > 0 ? { NS } : undefined;
  }
  if ('BS' in there && 'BS' in value) {
    const BS = without(there.BS, value.BS, base64);
    return BS.length > 0 ? { BS } : undefined;
  }
  throw new ExpressionError(mismatch);
}

function without<Member>(
  members: readonly Member[],
  others: readonly Member[],
  key: (member: Member) => string,
): readonly Member[] {
  const keys = new Set(others.map(key));
  return members.filter((member) => !keys.has(key(member)));
}
