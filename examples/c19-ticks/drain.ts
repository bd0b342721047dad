import type { StreamConsumer } from '../../src/patterns/index.ts';

/** Turns until two in a row had nothing to do; answers the records that were handled. */
export async function drain(consumer: StreamConsumer): Promise<number> {
  let total = 0;
  for (let quiet = 0; quiet < 2; ) {
    const { records } = await consumer.turn();
    total += records;
    quiet = records === 0 ? quiet + 1 : 0;
  }
  return total;
}
