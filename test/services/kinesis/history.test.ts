/**
 * Random histories of a stream against a model of it. `MODEL_RUNS=5000` runs as many as the issue
 * asks for by hand.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { history, Twin } from './history.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 60);

test(
  'streams do what a simple model of them does',
  async () => {
    await using aws = await startSuite();
    let made = 0;
    const runs = fc.asyncProperty(history, async ({ shards, steps }) => {
      made += 1;
      const StreamName = `s${made}`;
      await new Twin(aws, StreamName).run(shards, steps);
      await aws.call('kinesis', 'DeleteStream', { StreamName });
    });
    await fc.assert(runs, { numRuns: RUNS });
    expect(made).toBeGreaterThanOrEqual(RUNS);
  },
  Math.max(60_000, RUNS * 200),
);
