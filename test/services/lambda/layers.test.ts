import { describe, expect, test } from 'vitest';
import { quotas } from '../../../src/core/quotas.ts';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { aFunction, zipOf } from './a-function.ts';

const LAYER = 'arn:aws:lambda:us-east-1:000000000000:layer:shared';
const FILE = zipOf({ 'nodejs/node_modules/shared/index.js': 'module.exports = 1;' });

function publish(aws: Suite, given: object = {}) {
  const Content = { ZipFile: FILE };
  return aws.call('lambda', 'PublishLayerVersion', { LayerName: 'shared', Content, ...given });
}

describe('answers', () => {
  test('a version is told with where its file can be fetched', async () => {
    await using aws = await startSuite();
    const made = await publish(aws, {
      Description: 'what we share',
      CompatibleRuntimes: ['nodejs22.x'],
      CompatibleArchitectures: ['arm64'],
      LicenseInfo: 'MIT',
    });
    expect(made).toEqual({
      Content: {
        Location: expect.stringContaining(aws.endpoint),
        CodeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
        CodeSize: FILE.length,
      },
      LayerArn: LAYER,
      LayerVersionArn: `${LAYER}:1`,
      Version: 1,
      Description: 'what we share',
      CreatedDate: '2026-01-15T10:00:00.000+0000',
      CompatibleRuntimes: ['nodejs22.x'],
      CompatibleArchitectures: ['arm64'],
      LicenseInfo: 'MIT',
    });
    const named = { LayerName: 'shared', VersionNumber: 1 };
    expect(await aws.call('lambda', 'GetLayerVersion', named)).toEqual(made);
    const byLayer = { ...named, LayerName: LAYER };
    expect(await aws.call('lambda', 'GetLayerVersion', byLayer)).toEqual(made);
    const Arn = `${LAYER}:1`;
    expect(await aws.call('lambda', 'GetLayerVersionByArn', { Arn })).toEqual(made);
    const download = await fetch(made.Content?.Location ?? '');
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(FILE);
  });

  test('layers are listed with their latest version that fits, versions newest first', async () => {
    await using aws = await startSuite();
    await publish(aws, { CompatibleRuntimes: ['nodejs22.x'] });
    await publish(aws, { CompatibleRuntimes: ['python3.13'] });
    await publish(aws, { LayerName: 'another' });
    const layers = async (given: object = {}) => {
      const { Layers } = await aws.call('lambda', 'ListLayers', given);
      return Layers?.map((one) => [one.LayerName, one.LatestMatchingVersion?.Version]);
    };
    expect(await layers()).toEqual([
      ['another', 1],
      ['shared', 2],
    ]);
    expect(await layers({ CompatibleRuntime: 'nodejs22.x' })).toEqual([['shared', 1]]);
    const versions = async (given: object = {}) => {
      const input = { LayerName: 'shared', ...given };
      const { LayerVersions } = await aws.call('lambda', 'ListLayerVersions', input);
      return LayerVersions?.map((one) => one.LayerVersionArn);
    };
    expect(await versions()).toEqual([`${LAYER}:2`, `${LAYER}:1`]);
    expect(await versions({ CompatibleRuntime: 'python3.13' })).toEqual([`${LAYER}:2`]);
  });

  test('a deleted version is gone, and its number is not used again', async () => {
    await using aws = await startSuite();
    await publish(aws);
    const first = { LayerName: 'shared', VersionNumber: 1 };
    await aws.call('lambda', 'DeleteLayerVersion', first);
    await aws.call('lambda', 'DeleteLayerVersion', first);
    expect(await aws.fails('lambda', 'GetLayerVersion', first)).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    });
    expect((await aws.call('lambda', 'ListLayers', {})).Layers).toEqual([]);
    expect((await publish(aws)).Version).toBe(2);
  });

  test('a function keeps the layers that it has, though they are deleted', async () => {
    await using aws = await startSuite();
    const { Content } = await publish(aws);
    await aFunction(aws, { Layers: [`${LAYER}:1`] });
    await aws.call('lambda', 'DeleteLayerVersion', { LayerName: 'shared', VersionNumber: 1 });
    await aws.clock.advance('1h');
    const now = await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName: 'f' });
    expect(now.Layers).toEqual([{ Arn: `${LAYER}:1`, CodeSize: FILE.length }]);
    expect((await fetch(Content?.Location ?? '')).status).toBe(200);
    await aws.call('lambda', 'DeleteFunction', { FunctionName: 'f' });
    await aws.clock.advance('1h');
    expect((await fetch(Content?.Location ?? '')).status).toBe(404);
  });
});

describe('refusals', () => {
  const withLayers = async (aws: Suite, Layers: readonly string[]) => {
    await aFunction(aws, { FunctionName: `f${Layers.length}` });
    const input = { FunctionName: `f${Layers.length}`, Layers };
    return (await aws.fails('lambda', 'UpdateFunctionConfiguration', input)).message;
  };

  test('a file must be there, and be a zip file', async () => {
    await using aws = await startSuite();
    const fails = async (Content: object) => {
      const input = { LayerName: 'shared', Content };
      return (await aws.fails('lambda', 'PublishLayerVersion', input)).message;
    };
    expect(await fails({})).toBe('Please provide a source for layer code.');
    expect(await fails({ S3Bucket: 'bucket', S3Key: 'key' })).toContain('S3 buckets');
    expect(await fails({ ZipFile: new TextEncoder().encode('x') })).toContain('Could not unzip');
  });

  test('versions are numbered from 1', async () => {
    await using aws = await startSuite();
    const none = { LayerName: 'shared', VersionNumber: 0 };
    for (const operation of ['GetLayerVersion', 'DeleteLayerVersion'] as const) {
      expect(await aws.fails('lambda', operation, none)).toMatchObject({
        code: 'InvalidParameterValueException',
        message: 'Layer Version Cannot be less than 1.',
      });
    }
  });

  test('a function has one version of a layer', async () => {
    await using aws = await startSuite();
    await publish(aws);
    await publish(aws);
    expect(await withLayers(aws, [`${LAYER}:1`, `${LAYER}:2`])).toBe(
      'Two different versions of the same layer are not allowed to be referenced in the same ' +
        `function. ${LAYER}:1 and ${LAYER}:2 versions are duplicates.`,
    );
  });

  test('layers are of the same Region, and are there', async () => {
    await using aws = await startSuite();
    expect(await withLayers(aws, [`${LAYER}:1`])).toBe(`Layer version ${LAYER}:1 does not exist.`);
    const abroad = `${LAYER.replace('us-east-1', 'eu-west-1')}:1`;
    expect(await withLayers(aws, [abroad, `${LAYER}:1`])).toBe(
      'Layers are not in the same region as the function. ' +
        'Layers are expected to be in region us-east-1.',
    );
  });
});

describe('limits', () => {
  test('a function has at most five layers', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const Layers = ['a', 'b', 'c', 'd', 'e', 'g'].map((name) => `${LAYER}-${name}:1`);
    const input = { FunctionName: 'f', Layers };
    expect((await aws.fails('lambda', 'UpdateFunctionConfiguration', input)).message).toBe(
      'Cannot reference more than 5 layers.',
    );
  });

  test('code and layers are bounded together', async () => {
    const settings = { quotas: quotas('current', { 'lambda.unzippedBytes': 2000 }) };
    await using aws = await startSuite({ settings });
    const ZipFile = zipOf({ 'index.js': 'x'.repeat(1500) });
    await publish(aws, { Content: { ZipFile } });
    await aFunction(aws, { Code: { ZipFile } });
    const sentence =
      'Function code combined with layers exceeds the maximum allowed size of 2000 bytes. ' +
      'The actual size is 3000 bytes.';
    const input = { FunctionName: 'f', Layers: [`${LAYER}:1`] };
    const failure = await aws.fails('lambda', 'UpdateFunctionConfiguration', input);
    expect(failure).toMatchObject({ code: 'InvalidParameterValueException', message: sentence });
  });
});
