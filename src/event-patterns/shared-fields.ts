/**
 * Makes one object out of equal fields and equal lists of fields, so that what thousands of rules
 * have in common is read from the cache of the processor.
 */
import type { Branch, Field } from './pattern.ts';

export function fieldSharer(): (field: Field) => Field {
  const known = new Map<string, Field>();
  return (field) => {
    // Other conditions depend on the dialect too, which their text does not tell.
    if (field.test.others.length > 0) return field;
    const key = `${field.path} ${field.text}`;
    const shared = known.get(key) ?? field;
    known.set(key, shared);
    return shared;
  };
}

/** Lists of the same field objects become one list. */
export function branchSharer(): (branch: Branch) => Branch {
  const numbers = new Map<Field, number>();
  const numberOf = (field: Field) => {
    const number = numbers.get(field) ?? numbers.size;
    numbers.set(field, number);
    return number;
  };
  const known = new Map<string, Branch>();
  return (branch) => {
    const key = branch.map(numberOf).join();
    const shared = known.get(key) ?? branch;
    known.set(key, shared);
    return shared;
  };
}
