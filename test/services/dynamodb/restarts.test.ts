/** Tables over restarts: what was answered is there, and what was begun is brought to its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createStack, type RunningStack } from '../../../src/app.ts';
import { VirtualClock } from '../../../src/core/clock.ts';
import { allServices } from '../../../src/services/all.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import type { Operations } from '../../../src/wire/types/dynamodb.ts';
import { INDEXED, N, S } from './a-table.ts';

const TableName = 'orders';
const as = { account: '000000000000', region: 'us-east-1', principalArn: 'arn:aws:iam::0:root' };

async function ask<Name extends keyof Operations & string>(
  stack: RunningStack,
  operation: Name,
  input: Operations[Name]['input'],
): Promise<Operations[Name]['output']> {
  return (await stack.invoke('dynamodb', operation, input, as)) as Operations[Name]['output'];
}

const key = (sk: string) => ({ pk: S('a'), sk: S(sk) });

test('items, indexes, expiries, tokens and half-done changes survive', async () => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-dynamodb-'));
  const clock = new VirtualClock(Date.parse('2026-01-15T10:00:00Z'));
  const open = async () =>
    createStack({ storage: await openSqlite({ path }), services: allServices, clock });
  let stack = await open();
  const restart = async () => {
    await stack.close();
    stack = await open();
  };
  const scanned = async (IndexName?: string) => {
    const { Items = [] } = await ask(stack, 'Scan', { TableName, IndexName });
    return Items.map(({ sk }) => sk?.S).sort();
  };
  try {
    await ask(stack, 'CreateTable', INDEXED);
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'until' };
    await ask(stack, 'UpdateTimeToLive', { TableName, TimeToLiveSpecification });
    const until = N(clock.nowMs() / 1000 + 30);
    const bytes = { B: new Uint8Array([0, 255]) };
    await ask(stack, 'PutItem', { TableName, Item: { ...key('goes'), until } });
    await ask(stack, 'PutItem', { TableName, Item: { ...key('stays'), at: N(1), bytes } });
    const Put = { TableName, Item: { ...key('once'), amount: N(7) } };
    const transaction = { TransactItems: [{ Put }], ClientRequestToken: 'token' };
    await ask(stack, 'TransactWriteItems', transaction);
    await ask(stack, 'DeleteItem', { TableName, Key: key('once') });
    await ask(stack, 'UpdateTable', {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'bytes', AttributeType: 'B' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'byBytes',
            KeySchema: [{ AttributeName: 'bytes', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        },
      ],
    });
    await restart();
    await stack.settled();
    expect(await scanned()).toEqual(['goes', 'stays']);
    expect(await scanned('byAt')).toEqual(['stays']);
    expect(await scanned('byBytes')).toEqual(['stays']);
    await ask(stack, 'TransactWriteItems', transaction);
    expect((await ask(stack, 'GetItem', { TableName, Key: key('once') })).Item).toBeUndefined();
    expect((await ask(stack, 'GetItem', { TableName, Key: key('stays') })).Item?.bytes).toEqual(
      bytes,
    );
    await clock.advanceTo(clock.nowMs() + 120_000, () => stack.quiet());
    expect(await scanned()).toEqual(['stays']);

    await ask(stack, 'DeleteTable', { TableName });
    await restart();
    await stack.settled();
    expect((await ask(stack, 'ListTables', {})).TableNames).toEqual([]);
  } finally {
    await stack.close();
    rmSync(path, { recursive: true });
  }
});
