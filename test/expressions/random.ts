/** Random values, for the properties. */
import * as fc from 'fast-check';
import { type Item, readValue, type Value } from '../../src/expressions/attribute-values.ts';

const digits = (most: number) =>
  fc.array(fc.nat(9), { minLength: 1, maxLength: most }).map((all) => all.join(''));

/** Numbers in every notation, of up to 38 digits, within the range. */
export const anyNumber = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    digits(19),
    fc.option(digits(19), { nil: '' }),
    fc.integer({ min: -110, max: 105 }),
    fc.constantFrom('e', 'E', ''),
  )
  .map(([sign, whole, part, power, mark]) => {
    const mantissa = part === '' ? `${sign}${whole}` : `${sign}${whole}.${part}`;
    return mark === '' ? mantissa : `${mantissa}${mark}${power}`;
  });

/** Few different scalars, so that they often meet. */
const text = fc.constantFrom('', 'a', 'ab', 'b');
const number = fc.constantFrom('0', '1', '1.5', '-2');
const bytes = fc.constantFrom([], [1], [1, 2], [255]).map((all) => Uint8Array.from(all));

const someOf = <Member>(members: readonly Member[]) => fc.subarray([...members], { minLength: 1 });

const leaf = fc.oneof(
  text.map((S) => ({ S })),
  number.map((N) => ({ N })),
  bytes.map((B) => ({ B })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true }),
  someOf(['a', 'ab', 'b']).map((SS) => ({ SS })),
  someOf(['0', '1', '1.5']).map((NS) => ({ NS })),
  someOf([[1], [1, 2], [255]]).map((all) => ({ BS: all.map((one) => Uint8Array.from(one)) })),
);

export const attributeName = fc.constantFrom('p', 'q', 'r');

/** Values of every type, nested a little. */
export const anyValue: fc.Arbitrary<Value> = fc
  .letrec<{ value: object }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
      fc.dictionary(attributeName, tie('value'), { maxKeys: 3 }).map((M) => ({ M })),
    ),
  }))
  .value.map((input) => readValue(input));

export const anyItem: fc.Arbitrary<Item> = fc
  .dictionary(attributeName, anyValue, { maxKeys: 3 })
  .map((item) => ({ ...item }));
