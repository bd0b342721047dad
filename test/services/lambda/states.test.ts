import {
  CreateFunctionCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { createStack } from '../../../src/app.ts';
import { VirtualClock } from '../../../src/core/clock.ts';
import { seededIds } from '../../../src/core/ids.ts';
import { readCode } from '../../../src/services/lambda/code.ts';
import { lambda } from '../../../src/services/lambda/index.ts';
import { readySoon } from '../../../src/services/lambda/states.ts';
import { storeOf } from '../../../src/services/lambda/store.ts';
import { openSqlite } from '../../../src/storage/sqlite/open.ts';
import { startAws } from '../../../src/testing/index.ts';
import { startSuite } from '../../sdk/suite.ts';
import { emptyDirectory } from '../../storage/sqlite/directory.ts';
import { aFunction, CODE, plain, ROLE } from './a-function.ts';

test("the SDK's waiters end", async () => {
  await using aws = await startAws();
  const client = aws.client(LambdaClient);
  await client.send(new CreateFunctionCommand(plain));
  const wait = { client, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.1 };
  const active = await waitUntilFunctionActiveV2(wait, { FunctionName: 'f' });
  expect(active.state).toBe('SUCCESS');
  const update = { FunctionName: 'f', Timeout: 9 };
  await client.send(new UpdateFunctionConfigurationCommand(update));
  const updated = await waitUntilFunctionUpdatedV2(wait, { FunctionName: 'f' });
  expect(updated.state).toBe('SUCCESS');
});

test('whoever goes on with the answer finds the function ready', async () => {
  await using aws = await startSuite({ clock: 'real' });
  const FunctionName = 'f';
  for (let round = 0; round < 5; round += 1) {
    await aws.call('lambda', 'CreateFunction', plain);
    await aws.call('lambda', 'UpdateFunctionConfiguration', { FunctionName, Timeout: 9 });
    await aws.call('lambda', 'UpdateFunctionCode', { FunctionName, ZipFile: CODE });
    await aws.call('lambda', 'PublishVersion', { FunctionName });
    await aws.call('lambda', 'DeleteFunction', { FunctionName });
  }
});

test('of two that make the same function one does, and of two updates one waits', async () => {
  await using aws = await startSuite();
  const results = async (tries: readonly Promise<object>[]) =>
    (await Promise.allSettled(tries)).map(({ status }) => status).sort();
  const create = () => aws.call('lambda', 'CreateFunction', plain);
  expect(await results([create(), create()])).toEqual(['fulfilled', 'rejected']);
  await aws.settled();
  const functions = ['a', 'b', 'c', 'd'].map((FunctionName) => aFunction(aws, { FunctionName }));
  await Promise.all(functions);
  const { Functions } = await aws.call('lambda', 'ListFunctions', {});
  expect(Functions).toHaveLength(5);
});

test('a function whose server ends is ready, code and all, when the next one runs', async () => {
  const path = emptyDirectory();
  const clock = new VirtualClock(Date.parse('2026-01-15T10:00:00Z'));
  const begin = async (seed: number) =>
    createStack({
      storage: await openSqlite({ path }),
      services: [lambda],
      clock,
      ids: seededIds(seed),
    });
  const first = await begin(1);
  const who = { account: '000000000000', region: 'us-east-1', principalArn: ROLE };
  await first.invoke('lambda', 'CreateFunction', plain, who);
  const made = await storeOf(first).versions.get('000000000000/us-east-1/f', '$LATEST');
  if (!made) throw new Error('The function is not there.');
  // As it is after the first of the two commits.
  const pending = { ...made.value, state: 'Pending', update: 'InProgress' } as const;
  const { versions } = storeOf(first);
  await first.storage.commit([
    versions.put('000000000000/us-east-1/f', '$LATEST', pending),
    readySoon(first, { account: who.account, region: who.region, name: 'f' }),
  ]);
  await first.close();
  const second = await begin(2);
  await second.quiet();
  const row = await storeOf(second).versions.get('000000000000/us-east-1/f', '$LATEST');
  expect(row?.value).toMatchObject({ state: 'Active', update: 'Successful' });
  const code = row?.value.code;
  expect(code?.kind === 'zip' && (await readCode(second, code.sha256))).toEqual(Buffer.from(CODE));
  await second.close();
});
