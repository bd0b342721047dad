/** Mappings of streams over restarts: no record is left out, and what was done is not repeated. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KinesisStreamEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../../src/app.ts';
import { VirtualClock } from '../../../src/core/clock.ts';
import { allServices } from '../../../src/services/all.ts';
import { registerFunction } from '../../../src/services/lambda/registered-functions.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';

const as = { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' };
const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';

const textsOf = ({ Records }: KinesisStreamEvent) =>
  Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());

async function put(stack: RunningStack, ...texts: readonly string[]) {
  const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text }));
  await stack.invoke('kinesis', 'PutRecords', { StreamName: 's', Records }, as);
}

test('a mapping goes on behind the last batch that ended', async () => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-stream-'));
  const clock = new VirtualClock(Date.parse('2026-01-15T10:00:00Z'));
  const received: string[][] = [];
  const begin = async (handler: (event: KinesisStreamEvent) => unknown) => {
    const storage = await openSqlite({ path });
    const stack = await createStack({ storage, services: allServices, clock });
    await registerFunction(stack, { ...as, name: 'worker' }, ((event: KinesisStreamEvent) => {
      received.push(textsOf(event));
      return handler(event);
    }) as never);
    return stack;
  };
  try {
    const asked = Promise.withResolvers<void>();
    const first = await begin((event) => {
      if (!textsOf(event).includes('c')) return undefined;
      asked.resolve();
      return new Promise(() => {});
    });
    await first.invoke('kinesis', 'CreateStream', { StreamName: 's', ShardCount: 1 }, as);
    const input = {
      EventSourceArn: STREAM,
      FunctionName: 'worker',
      StartingPosition: 'LATEST',
      BatchSize: 2,
    };
    await first.invoke('lambda', 'CreateEventSourceMapping', input, as);
    await first.settled();
    await put(first, 'a', 'b', 'c', 'd', 'e');
    await asked.promise;
    await first.close();
    expect(received.splice(0)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);

    const second = await begin(() => undefined);
    await second.settled();
    await put(second, 'f');
    await second.settled();
    await second.close();
    expect(received).toEqual([['c', 'd'], ['e'], ['f']]);
  } finally {
    rmSync(path, { recursive: true });
  }
});
