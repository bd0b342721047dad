import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction, CODE, plain, ROLE, zipOf } from './a-function.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';

describe('answers', () => {
  test('a function is pending when it is made, and active right after', async () => {
    await using aws = await startSuite();
    const made = await aws.call('lambda', 'CreateFunction', plain);
    expect(made).toEqual({
      FunctionName: 'f',
      FunctionArn: ARN,
      Runtime: 'nodejs22.x',
      Role: ROLE,
      Handler: 'index.handler',
      CodeSize: CODE.length,
      Description: '',
      Timeout: 3,
      MemorySize: 128,
      LastModified: '2026-01-15T10:00:00.000+0000',
      CodeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      Version: '$LATEST',
      TracingConfig: { Mode: 'PassThrough' },
      RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      State: 'Pending',
      StateReason: 'The function is being created.',
      StateReasonCode: 'Creating',
      PackageType: 'Zip',
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      RuntimeVersionConfig: {
        RuntimeVersionArn: expect.stringMatching(
          /^arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$/,
        ),
      },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/f' },
    });
    await aws.settled();
    const now = await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName: 'f' });
    expect(now).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' });
    expect(now.StateReason).toBeUndefined();
    expect(now.RevisionId).not.toBe(made.RevisionId);
  });

  test('a function is told with its tags and with where its code can be fetched', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Tags: { team: 'orders' } });
    const found = await aws.call('lambda', 'GetFunction', { FunctionName: 'f' });
    expect(found.Tags).toEqual({ team: 'orders' });
    expect(found.Concurrency).toBeUndefined();
    expect(found.Code?.RepositoryType).toBe('S3');
    const download = await fetch(found.Code?.Location ?? '');
    expect(download.headers.get('content-type')).toBe('application/zip');
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(CODE);
  });

  test('a function is found by its name, its partial ARN and its ARN', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const arnOf = async (FunctionName: string, Qualifier?: string) =>
      (await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName, Qualifier }))
        .FunctionArn;
    expect(await arnOf('000000000000:function:f')).toBe(ARN);
    expect(await arnOf(ARN)).toBe(ARN);
    expect(await arnOf('f', '$LATEST')).toBe(`${ARN}:$LATEST`);
    expect(await arnOf(`${ARN}:$LATEST`)).toBe(`${ARN}:$LATEST`);
  });

  test('all that is configured is told again', async () => {
    await using aws = await startSuite();
    const given = {
      Description: 'echo',
      Timeout: 900,
      MemorySize: 10_240,
      EphemeralStorage: { Size: 10_240 },
      Environment: { Variables: { STAGE: 'test' } },
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' },
      TracingConfig: { Mode: 'Active' },
      KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/k',
      Architectures: ['arm64'],
    } as const;
    await aFunction(aws, {
      ...given,
      Architectures: ['arm64'],
      VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: 'mine' },
      SnapStart: { ApplyOn: 'PublishedVersions' },
    });
    expect(
      await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName: 'f' }),
    ).toMatchObject({
      ...given,
      VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'INFO',
        LogGroup: 'mine',
      },
      SnapStart: { ApplyOn: 'PublishedVersions', OptimizationStatus: 'Off' },
    });
  });

  test('a function can be published as it is made', async () => {
    await using aws = await startSuite();
    const { made } = await aFunction(aws, { Publish: true });
    expect(made).toMatchObject({ Version: '1', FunctionArn: ARN, State: 'Pending' });
    const first = { FunctionName: 'f', Qualifier: '1' };
    expect(await aws.call('lambda', 'GetFunctionConfiguration', first)).toMatchObject({
      Version: '1',
      FunctionArn: `${ARN}:1`,
      State: 'Active',
    });
  });

  test('a folder of this machine can be the code', async () => {
    await using aws = await startSuite();
    const folder = import.meta.dirname;
    for (const S3Bucket of ['hot-reload', '__local__']) {
      await aFunction(aws, { FunctionName: S3Bucket, Code: { S3Bucket, S3Key: folder } });
      const { Code } = await aws.call('lambda', 'GetFunction', { FunctionName: S3Bucket });
      expect(Code).toEqual({ RepositoryType: 'Local', Location: folder });
    }
  });

  test('functions are listed by name, page by page, without their state', async () => {
    await using aws = await startSuite();
    for (const FunctionName of ['b', 'a', 'c']) await aFunction(aws, { FunctionName });
    const first = await aws.call('lambda', 'ListFunctions', { MaxItems: 2 });
    expect(first.Functions?.map((one) => one.FunctionName)).toEqual(['a', 'b']);
    expect(first.Functions?.[0]?.State).toBeUndefined();
    const { NextMarker: Marker } = first;
    const last = await aws.call('lambda', 'ListFunctions', { MaxItems: 2, Marker });
    expect(last.Functions?.map((one) => one.FunctionName)).toEqual(['c']);
    expect(last.NextMarker).toBeUndefined();
  });

  test('a list can show all versions, and those of functions from other Regions', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true });
    const list = async (MasterRegion?: string) => {
      const input = { FunctionVersion: 'ALL', MasterRegion } as const;
      const { Functions } = await aws.call('lambda', 'ListFunctions', input);
      return Functions?.map((one) => one.FunctionArn);
    };
    expect(await list()).toEqual([`${ARN}:$LATEST`, `${ARN}:1`]);
    expect(await list('ALL')).toEqual([`${ARN}:$LATEST`, `${ARN}:1`]);
    expect(await list('eu-west-1')).toEqual([]);
  });

  test('a deleted function is gone, and its name is free', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { Publish: true, Tags: { a: 'b' } });
    await aws.call('lambda', 'DeleteFunction', { FunctionName: 'f' });
    expect((await aws.call('lambda', 'ListFunctions', {})).Functions).toEqual([]);
    await aFunction(aws);
    const { Functions } = await aws.call('lambda', 'ListFunctions', { FunctionVersion: 'ALL' });
    expect(Functions).toHaveLength(1);
  });

  test('code stays for as long as somebody uses it', async () => {
    await using aws = await startSuite();
    await aFunction(aws, { FunctionName: 'a' });
    await aFunction(aws, { FunctionName: 'b' });
    const { Code } = await aws.call('lambda', 'GetFunction', { FunctionName: 'a' });
    const status = async () => (await fetch(Code?.Location ?? '')).status;
    await aws.call('lambda', 'DeleteFunction', { FunctionName: 'a' });
    await aws.clock.advance('1h');
    expect(await status()).toBe(200);
    await aws.call('lambda', 'DeleteFunction', { FunctionName: 'b' });
    expect(await status()).toBe(200);
    await aws.clock.advance('1h');
    expect(await status()).toBe(404);
  });
});

describe('refusals', () => {
  test('a function is not made twice', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    expect(await aws.fails('lambda', 'CreateFunction', plain)).toMatchObject({
      code: 'ResourceConflictException',
      message: 'Function already exist: f',
      status: 409,
    });
  });

  test('a function that is not there is told by its ARN', async () => {
    await using aws = await startSuite();
    const refusal = { code: 'ResourceNotFoundException', status: 404 };
    const FunctionName = 'f';
    const message = `Function not found: ${ARN}`;
    for (const operation of ['GetFunction', 'DeleteFunction'] as const) {
      const failure = await aws.fails('lambda', operation, { FunctionName });
      expect(failure).toMatchObject({ ...refusal, message });
    }
    const qualified = { FunctionName, Qualifier: '7' };
    expect(await aws.fails('lambda', 'GetFunction', qualified)).toMatchObject({
      ...refusal,
      message: `${message}:7`,
    });
    const alias = { FunctionName, Qualifier: 'live' };
    expect(await aws.fails('lambda', 'GetFunction', alias)).toMatchObject({
      ...refusal,
      message: `Cannot find alias arn: ${ARN}:live`,
    });
  });

  test('a function of another Region or account is out of reach', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const abroad = aws.as({ region: 'eu-west-1' });
    expect(await abroad.fails('lambda', 'GetFunction', { FunctionName: ARN })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
    });
    const other = aws.as({ account: '222222222222' });
    const refused = await other.fails('lambda', 'GetFunction', { FunctionName: ARN });
    expect(refused).toMatchObject({ code: 'AccessDeniedException', status: 403 });
    expect(refused.message).toContain('is not authorized to perform: lambda:GetFunction on');
  });

  const create = async (given: object) => {
    await using aws = await startSuite();
    const { code, message } = await aws.fails('lambda', 'CreateFunction', { ...plain, ...given });
    return `${code}: ${message}`;
  };
  const INVALID = 'InvalidParameterValueException';

  test('a zip file needs a runtime and a handler', async () => {
    const sentence =
      'Runtime and Handler are mandatory parameters for functions created with deployment ' +
      'packages.';
    expect(await create({ Runtime: undefined })).toBe(`${INVALID}: ${sentence}`);
    expect(await create({ Handler: undefined })).toBe(`${INVALID}: ${sentence}`);
  });

  test('a runtime must be one that this machine runs', async () => {
    expect(await create({ Runtime: 'java21' })).toMatch(
      /^InvalidParameterValueException: The runtime java21 cannot run.* Supported are: nodejs18.x,/,
    );
    expect(await create({ Runtime: 'cobol' })).toMatch(
      /^InvalidParameterValueException: Value cobol at 'runtime' failed to satisfy constraint: /,
    );
    expect(await create({ Runtime: 'cobol' })).toMatch(/enum value set: \[.*\] or be a valid ARN$/);
  });

  test('code must come from somewhere', async () => {
    expect(await create({ Code: {} })).toBe(
      `${INVALID}: Please provide a source for function code.`,
    );
    expect(await create({ Code: { ZipFile: CODE, S3Bucket: 'bucket', S3Key: 'k' } })).toBe(
      `${INVALID}: Please do not provide other FunctionCode parameters when providing a ZipFile.`,
    );
    expect(await create({ Code: { S3Bucket: 'hot-reload', S3Key: '/no/such/folder' } })).toContain(
      'S3Key must be the absolute path of a folder of this machine',
    );
  });

  test('what cannot be unzipped is refused', async () => {
    const refusal =
      `${INVALID}: Could not unzip uploaded file. ` +
      'Please check your file, then try to upload again.';
    expect(await create({ Code: { ZipFile: new TextEncoder().encode('no zip') } })).toBe(refusal);
    expect(await create({ Code: { ZipFile: zipOf({ '../out.js': 'x' }) } })).toBe(refusal);
    expect(await create({ Code: { ZipFile: zipOf({ '/out.js': 'x' }) } })).toBe(refusal);
    expect(await create({ Code: { ZipFile: zipOf({}) } })).toBe(
      `${INVALID}: Uploaded file must be a non-empty zip`,
    );
  });

  test('what is not built says so', async () => {
    const image = { PackageType: 'Image', Code: { ImageUri: 'repository/image' } };
    expect(await create(image)).toContain('container images');
    expect(await create({ Code: { S3Bucket: 'bucket', S3Key: 'k' } })).toContain('S3 buckets');
  });

  test('variables of the runtime cannot be set', async () => {
    const Environment = { Variables: { AWS_REGION: 'x', mine: 'y', LAMBDA_TASK_ROOT: 'z' } };
    expect(await create({ Environment })).toBe(
      `${INVALID}: Lambda was unable to configure your environment variables because the ` +
        'environment variables you have provided contains reserved keys that are currently not ' +
        'supported for modification. Reserved keys used in this request: ' +
        'AWS_REGION, LAMBDA_TASK_ROOT',
    );
  });

  test('dead letters go to a queue or a topic', async () => {
    const TargetArn = 'arn:aws:s3:::bucket';
    expect(await create({ DeadLetterConfig: { TargetArn } })).toContain('dead letter target');
  });

  test('levels of logs need JSON', async () => {
    expect(await create({ LoggingConfig: { ApplicationLogLevel: 'DEBUG' } })).toContain(
      'LogLevel is not supported when LogFormat is set to "Text".',
    );
  });

  test('neither $LATEST nor an alias can be deleted by itself', async () => {
    await using aws = await startSuite();
    await aFunction(aws);
    const remove = (Qualifier: string) =>
      aws.fails('lambda', 'DeleteFunction', { FunctionName: 'f', Qualifier });
    expect(await remove('$LATEST')).toMatchObject({
      code: INVALID,
      message: '$LATEST version cannot be deleted without deleting the function.',
    });
    expect(await remove('live')).toMatchObject({ code: INVALID });
  });

  test('a master Region wants all versions', async () => {
    await using aws = await startSuite();
    const input = { MasterRegion: 'us-east-1' };
    expect(await aws.fails('lambda', 'ListFunctions', input)).toMatchObject({ code: INVALID });
  });
});

describe('limits', () => {
  const refusalOf = async (given: object, settings: Parameters<typeof startSuite>[0] = {}) => {
    await using aws = await startSuite(settings);
    const { code, message } = await aws.fails('lambda', 'CreateFunction', { ...plain, ...given });
    return `${code}: ${message}`;
  };

  test('a name has at most 64 characters', async () => {
    const FunctionName = 'f'.repeat(65);
    expect(await refusalOf({ FunctionName })).toContain(
      `Value '${FunctionName}' at 'functionName' failed to satisfy constraint: ` +
        'Member must have length less than or equal to 64',
    );
    await using aws = await startSuite();
    await aFunction(aws, { FunctionName: 'f'.repeat(64) });
  });

  test('time and memory are those of standard functions', async () => {
    expect(await refusalOf({ Timeout: 901 })).toContain(
      "Value '901' at 'timeout' failed to satisfy constraint: " +
        'Member must have value less than or equal to 900',
    );
    expect(await refusalOf({ MemorySize: 10_241 })).toContain("Value '10241' at 'memorySize'");
    expect(await refusalOf({ EphemeralStorage: { Size: 10_241 } })).toContain(
      "Value '10241' at 'ephemeralStorage.size'",
    );
  });

  test('variables have 4 KB together', async () => {
    const of = (length: number) => ({ Environment: { Variables: { name: 'x'.repeat(length) } } });
    const around = '{"name":""}'.length;
    expect(await refusalOf(of(4097 - around))).toContain('exceeded the 4KB limit. String measured');
    await using aws = await startSuite();
    await aFunction(aws, of(4096 - around));
  });

  test('a zip file is bounded, packed and unpacked', async () => {
    const { quotas } = await import('../../../src/core/quotas.ts');
    const small = { 'lambda.zippedBytes': 1000, 'lambda.unzippedBytes': 2000 };
    const settings = { settings: { quotas: quotas('current', small) } };
    const Code = (text: string) => ({ Code: { ZipFile: zipOf({ 'index.js': text }) } });
    expect(await refusalOf(Code('x'.repeat(2001)), settings)).toContain(
      'Unzipped size must be smaller than 2000 bytes',
    );
    const noise = Array.from({ length: 1500 }, (_, at) =>
      String.fromCharCode(33 + ((at * at) % 89)),
    );
    const big = zipOf(Object.fromEntries(noise.map((text, at) => [`f${at}`, text])));
    expect(await refusalOf({ Code: { ZipFile: big } }, settings)).toContain(
      'Zipped size must be smaller than 1000 bytes',
    );
  });

  test('a function has at most 50 tags', async () => {
    const tags = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`tag${at}`, 'x']));
    expect(await refusalOf({ Tags: tags(51) })).toContain(
      'Number of tags exceeds resource tag limit.',
    );
  });
});
