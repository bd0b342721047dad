/**
 * Objects that take keys from strangers.
 *
 * Their prototype chain is empty but for one frozen object without members, so `__proto__`,
 * `constructor` and `toString` are keys like any other and nothing is inherited. (An object made
 * by `Object.create(null)` would do too, but V8 keeps those in its slow form.)
 */
export type Dictionary<Value> = { [key: string]: Value };

const Empty = function Empty() {} as unknown as new () => Dictionary<never>;
Empty.prototype = Object.freeze(Object.create(null));

export function dictionary<Value>(): Dictionary<Value> {
  return new Empty();
}
