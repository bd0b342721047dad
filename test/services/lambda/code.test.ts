import { expect, test } from 'vitest';
import { readCode, zipsOf } from '../../../src/services/lambda/code.ts';
import { layersOf } from '../../../src/services/lambda/layer-store.ts';
import { storeOf } from '../../../src/services/lambda/store.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { aFunction, plain, zipOf } from './a-function.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const FILES = ['one', 'two', 'three'].map((text) => zipOf({ 'index.js': text }));
const LAYER = zipOf({ 'shared.js': 'shared' });
const AT = '000000000000/us-east-1';

/** How often each zip file is used, as versions and layers have it. */
async function wanted({ stack }: Suite): Promise<Readonly<Record<string, number>>> {
  const rows = await Promise.all(
    NAMES.map((name) => storeOf(stack).versions.list(`${AT}/${name}`)),
  );
  const layers = await layersOf(stack).versions.list(`${AT}/shared`);
  const used = [
    ...rows.flat().flatMap(({ value }) => zipsOf(value)),
    ...layers.filter(({ value }) => !value.deleted).map(({ value }) => value.sha256),
  ];
  const counts: Record<string, number> = {};
  for (const sha256 of used) counts[sha256] = (counts[sha256] ?? 0) + 1;
  return counts;
}

/** The same as it is counted. */
async function counted({ stack }: Suite): Promise<Readonly<Record<string, number>>> {
  const rows = await stack.storage.scan('lambda/code-uses', '');
  const uses = rows.map(({ key, value }) => [key, JSON.parse(value).uses] as const);
  return Object.fromEntries(uses.filter(([, count]) => count > 0));
}

test('uses are counted exactly, however many change code at once', async () => {
  await using aws = await startSuite();
  const Content = { ZipFile: LAYER };
  const layer = { LayerName: 'shared', Content };
  const { LayerVersionArn = '' } = await aws.call('lambda', 'PublishLayerVersion', layer);
  const file = (at: number) => FILES[at % FILES.length] ?? LAYER;
  const each = async (change: (name: string, at: number) => Promise<unknown>) => {
    await Promise.all(NAMES.map(change));
    await aws.settled();
    expect(await counted(aws)).toEqual(await wanted(aws));
  };
  await each((FunctionName, at) =>
    aFunction(aws, { FunctionName, Code: { ZipFile: file(at) }, Layers: [LayerVersionArn] }),
  );
  await each((FunctionName, at) =>
    aws.call('lambda', 'UpdateFunctionCode', {
      FunctionName,
      ZipFile: file(at + 1),
      Publish: true,
    }),
  );
  await each((FunctionName, at) =>
    at % 2 === 0
      ? aws.call('lambda', 'UpdateFunctionConfiguration', { FunctionName, Layers: [] })
      : aws.call('lambda', 'DeleteFunction', { FunctionName, Qualifier: '1' }),
  );
  await aws.call('lambda', 'DeleteLayerVersion', { LayerName: 'shared', VersionNumber: 1 });
  await each((FunctionName) => aws.call('lambda', 'DeleteFunction', { FunctionName }));
  expect(await counted(aws)).toEqual({});
  await aws.clock.advance('1h');
  expect(await aws.stack.storage.scan('lambda/code-uses', '')).toEqual([]);
});

test('code that is wanted again in time is not dropped', async () => {
  await using aws = await startSuite();
  const { made } = await aFunction(aws);
  const sha256 = Buffer.from(made.CodeSha256 ?? '', 'base64').toString('hex');
  await aws.call('lambda', 'DeleteFunction', { FunctionName: 'f' });
  await aws.clock.advance('10m');
  await aFunction(aws);
  await aws.clock.advance('1h');
  expect((await readCode(aws.stack, sha256)).length).toBe(made.CodeSize);
});

test('code in many pieces comes back as it was, and read at once it is read once', async () => {
  await using aws = await startSuite();
  const noise = Array.from({ length: 400_000 }, (_, at) => (at * 2_654_435_761) % 4_294_967_291);
  const ZipFile = zipOf({ 'index.js': 'x', 'data.json': JSON.stringify(noise) });
  expect(ZipFile.length).toBeGreaterThan(1_500_000);
  const { made } = await aFunction(aws, { Code: { ZipFile } });
  const sha256 = Buffer.from(made.CodeSha256 ?? '', 'base64').toString('hex');
  const reads = [readCode(aws.stack, sha256), readCode(aws.stack, sha256)];
  const [first, second] = await Promise.all(reads);
  expect(first).toBe(second);
  expect(Buffer.compare(first ?? ZipFile, ZipFile)).toBe(0);
  await expect(readCode(aws.stack, 'none')).rejects.toThrow('not kept here');
});

test('nothing of a function outlives it, whoever is faster', async () => {
  await using aws = await startSuite();
  for (let round = 0; round < 8; round += 1) {
    await aFunction(aws, { Publish: true });
    const FunctionName = 'f';
    await Promise.allSettled([
      aws.call('lambda', 'CreateAlias', { FunctionName, Name: 'live', FunctionVersion: '1' }),
      aws.call('lambda', 'AddPermission', {
        FunctionName,
        StatementId: 'all',
        Action: 'lambda:InvokeFunction',
        Principal: '*',
      }),
      aws.call('lambda', 'CreateFunctionUrlConfig', { FunctionName, AuthType: 'NONE' }),
      aws.call('lambda', 'DeleteFunction', { FunctionName }),
    ]);
    const { aliases, policies, urls, urlPointers } = storeOf(aws.stack);
    const left = [aliases, policies, urls].map((rows) => rows.list(`${AT}/f`));
    expect((await Promise.all([...left, urlPointers.list('')])).flat()).toEqual([]);
  }
});

test('a hundred functions of one zip file are made at once', async () => {
  await using aws = await startSuite();
  const names = Array.from({ length: 100 }, (_, at) => `f${at}`);
  const create = (FunctionName: string) =>
    aws.call('lambda', 'CreateFunction', { ...plain, FunctionName });
  await Promise.all(names.map(create));
  expect(Object.values(await counted(aws))).toEqual([100]);
});
