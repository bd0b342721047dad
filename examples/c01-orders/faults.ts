/**
 * What can go wrong with a function, to be switched on from outside.
 *
 * `throw`: it does nothing and throws. `twice`: it does all its work, in no particular order, and
 * then its answer is lost, so that every message comes a second time.
 */
import type { SQSEvent } from 'aws-lambda';
import type { Consumer } from './consumer.ts';

export type Fault = 'throw' | 'twice';

/** `consume` with the fault that `current` names at the time. */
export function withFaults(
  consume: Consumer,
  current: () => string | undefined,
  random: () => number = Math.random,
): Consumer {
  return async (event) => {
    switch (current()) {
      case 'throw':
        throw new Error('The warehouse does not answer.');
      case 'twice':
        await consume({ Records: shuffled(event.Records, random) });
        return { batchItemFailures: firstTimers(event) };
      default:
        return consume(event);
    }
  };
}

function firstTimers({ Records }: SQSEvent) {
  return Records.filter(({ attributes }) => attributes.ApproximateReceiveCount === '1').map(
    ({ messageId }) => ({ itemIdentifier: messageId }),
  );
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
