/**
 * Workers that come, die and are told to go, over a stream that is written to, split and scaled:
 * whatever the story, every record is handled, and for the first time in the order of its key.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drain } from '../../examples/c19-ticks/drain.ts';
import type { StreamConsumer } from '../../src/patterns/stream-consumer.ts';
import { type Streams, startStreams, text } from './streams.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const RUNS = Number(process.env.MODEL_RUNS ?? 12);

const is = <Kind extends string>(kind: Kind) => fc.constant({ kind });
const step = fc.oneof(
  { weight: 4, arbitrary: is('put') },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('turn' as const), pick: fc.nat() }) },
  is('split'),
  fc.record({ kind: fc.constant('scale' as const), to: fc.integer({ min: 1, max: 4 }) }),
  { weight: 2, arbitrary: is('start') },
  fc.record({ kind: fc.constant('die' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('close' as const), pick: fc.nat() }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.nat(40) }) },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

class Story {
  readonly #streams: Streams;
  readonly #workers: StreamConsumer[] = [];
  readonly handled = new Map<string, number[]>();
  /** The state that a handler counts in, which must not lose or repeat what was checkpointed. */
  rounds = 0;
  #made = 0;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  async tell(step: Step): Promise<void> {
    const streams = this.#streams;
    switch (step.kind) {
      case 'put':
        await streams.put(...KEYS.map((key) => [key, this.rounds] as const));
        this.rounds += 1;
        return;
      case 'turn':
        await this.#at(step.pick)?.turn();
        return;
      case 'split':
        return streams.split();
      case 'scale':
        return this.#scale(step.to);
      case 'start':
        this.#workers.push(this.worker());
        return;
      case 'die':
        this.#workers.splice(step.pick % Math.max(1, this.#workers.length), 1);
        return;
      case 'close':
        await this.#workers.splice(step.pick % Math.max(1, this.#workers.length), 1)[0]?.close();
        return;
      case 'wait':
        await streams.aws.clock.advance(`${step.seconds}s`);
    }
  }

  /** As far as AWS goes at once. */
  async #scale(to: number): Promise<void> {
    await this.#streams.scale(to).catch((cause: Error) => {
      if (!/scale (up|down)|times in 24 hours/.test(cause.message)) throw cause;
    });
  }

  #at(pick: number): StreamConsumer | undefined {
    return this.#workers[pick % Math.max(1, this.#workers.length)];
  }

  /** Counts the records of each key in its state: a record's number is the count before it. */
  worker(): StreamConsumer {
    this.#made += 1;
    return this.#streams.consumer(
      `worker-${this.#made}`,
      (records, { state }) => {
        const counts: Record<string, unknown> = { ...state };
        for (const record of records) {
          const number = Number(text(record));
          expect(counts[record.key] ?? 0).toBe(number);
          counts[record.key] = number + 1;
          this.handled.set(record.key, [...(this.handled.get(record.key) ?? []), number]);
        }
        return counts;
      },
      { limit: 3 },
    );
  }
}

test(
  'nothing is lost, and keys keep their order',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        await using streams = await startStreams(2);
        const story = new Story(streams);
        for (const one of steps) await story.tell(one);
        const last = story.worker();
        for (let waited = 0; waited < 10; waited += 1) {
          await drain(last);
          await streams.aws.clock.advance('4s');
        }
        await drain(last);
        for (const key of KEYS) {
          const numbers = story.handled.get(key) ?? [];
          const first = [...new Set(numbers)];
          expect(first).toEqual(Array.from({ length: story.rounds }, (_, at) => at));
        }
      }),
      { numRuns: RUNS },
    );
  },
  Math.max(60_000, RUNS * 3_000),
);
