/**
 * Iterations that hold something and are left before they have begun: a generator that is returned
 * then runs none of its code, not even `finally`.
 */
export function leavable<Item>(
  generator: AsyncGenerator<Item>,
  leave: () => unknown,
): AsyncIterable<Item> {
  let begun = false;
  const next = () => {
    begun = true;
    return generator.next();
  };
  const end = async () => {
    if (!begun) await leave();
    return generator.return(undefined);
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}
