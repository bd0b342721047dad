import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { aFunction, zipOf } from './a-function.ts';
import { aLatch, aUrl, send, told } from './a-url.ts';

/** What an application sees of a request. */
interface UrlEvent {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly requestContext: Readonly<Record<string, unknown>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=KEY/20260115/us-east-1/lambda/aws4_request, ' +
  'SignedHeaders=host, Signature=0';

const streaming = (text: string) => ({ Code: { ZipFile: zipOf({ 'index.mjs': text }) } });

describe('answers', () => {
  test('a request is an event of payload format 2.0', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async (_: UrlEvent) => 'seen');
    const url = await aUrl(aws, 'f');
    await url.ask('/my%20path/x?a=1&a=2&b=%C3%BC', {
      method: 'POST',
      headers: {
        'X-Two': ['1', '2'],
        'User-Agent': 'agent/1',
        Cookie: 'a=1; b=2',
        'Content-Type': 'application/json',
      },
      body: '{"n":1}',
    });
    const [event] = f.received;
    const nowMs = aws.clock.now();
    expect(event).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/my%20path/x',
      rawQueryString: 'a=1&a=2&b=%C3%BC',
      cookies: ['a=1', 'b=2'],
      headers: {
        'x-two': '1,2',
        'user-agent': 'agent/1',
        'content-type': 'application/json',
        'content-length': '7',
        connection: expect.any(String),
        host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': new URL(aws.endpoint).port,
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      },
      queryStringParameters: { a: '1,2', b: 'ü' },
      requestContext: {
        accountId: 'anonymous',
        apiId: url.id,
        domainName: `${url.id}.lambda-url.${aws.region}.on.aws`,
        domainPrefix: url.id,
        http: {
          method: 'POST',
          path: '/my path/x',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'agent/1',
        },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        routeKey: '$default',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: nowMs,
      },
      body: '{"n":1}',
      isBase64Encoded: false,
    });
  });

  test('a request by host is the same, whatever its path', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async ({ rawPath }: UrlEvent) => rawPath);
    const url = await aUrl(aws, 'f');
    expect(await url.askByHost('/2015-03-31/functions')).toMatchObject({
      status: 200,
      body: '"/2015-03-31/functions"',
    });
    expect((await url.askByHost('/health')).body).toBe('"/health"');
    const [event] = f.received as UrlEvent[];
    const domainName = `${url.id}.lambda-url.${aws.region}.localhost`;
    expect(event?.requestContext).toMatchObject({ domainName, domainPrefix: url.id });
    expect(event?.cookies).toBeUndefined();
    expect(event?.body).toBeUndefined();
  });

  test.each([
    ['text/plain', 'zwölf', false],
    ['application/vnd.x+json; charset=utf-8', '{}', false],
    ['application/x-www-form-urlencoded', 'a=1', true],
    ['application/octet-stream', 'abc', true],
    ['image/svg+xml', '<svg/>', false],
  ])('a body of %s is text or base64', async (type, body, isBase64Encoded) => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async (_: UrlEvent) => null);
    const url = await aUrl(aws, 'f');
    await url.ask('/', { method: 'POST', headers: { 'content-type': type }, body });
    const expected = isBase64Encoded ? Buffer.from(body).toString('base64') : body;
    expect(f.received[0]).toMatchObject({ isBase64Encoded, body: expected });
  });

  test('an answer with a status says all of itself', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => ({
      statusCode: 201,
      headers: { 'Content-Type': 'image/gif', 'X-Count': 3, Date: 'never' },
      cookies: ['a=1; Secure', 'b=2'],
      body: Buffer.from([71, 73, 70]).toString('base64'),
      isBase64Encoded: true,
    }));
    const answer = await (await aUrl(aws, 'f')).ask();
    expect(answer).toMatchObject({ status: 201, body: 'GIF' });
    expect(answer.headers).toMatchObject({
      'content-type': 'image/gif',
      'x-count': '3',
      'set-cookie': ['a=1; Secure', 'b=2'],
      'x-amzn-remapped-date': 'never',
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-amzn-trace-id': expect.stringContaining('Root='),
    });
  });

  test.each([
    ['an object', { message: 'hi' }, '{"message":"hi"}'],
    ['a text', 'Hello, world!', '"Hello, world!"'],
    ['nothing', undefined, 'null'],
    ['a list', [1], '[1]'],
    ['a status alone', { statusCode: '200' }, ''],
    ['an object as its body', { statusCode: 200, body: { a: 1 } }, '{"a":1}'],
  ])('what a function means by %s is inferred', async (_, result, body) => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => result);
    const answer = await (await aUrl(aws, 'f')).ask();
    expect(answer).toMatchObject({ status: 200, body });
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test('a signature that is asked for is told of', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async (_: UrlEvent) => 'seen');
    const url = await aUrl(aws, 'f', { AuthType: 'AWS_IAM' });
    const authorization = SIGNED.replace('KEY', aws.account);
    const { status } = await url.ask('/', { headers: { authorization } });
    expect(status).toBe(200);
    const [event] = f.received as UrlEvent[];
    expect(event?.requestContext).toMatchObject({
      accountId: aws.account,
      authorizer: {
        iam: {
          accessKey: aws.account,
          accountId: aws.account,
          userArn: `arn:aws:iam::${aws.account}:root`,
        },
      },
    });
  });

  test('a page is let in as the URL says, and the function is not asked first', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async (_: UrlEvent) => ({
      statusCode: 200,
      headers: { 'Access-Control-Allow-Origin': 'https://of-the-function.test' },
    }));
    const url = await aUrl(aws, 'f', {
      Cors: {
        AllowOrigins: ['https://page.test'],
        AllowMethods: ['GET', 'POST'],
        AllowHeaders: ['x-own'],
        ExposeHeaders: ['x-count'],
        AllowCredentials: true,
        MaxAge: 300,
      },
    });
    const page = { origin: 'https://page.test', 'sec-fetch-site': 'cross-site' };
    const preflight = { ...page, 'access-control-request-method': 'POST' };
    const first = await url.ask('/', { method: 'OPTIONS', headers: preflight });
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      'access-control-allow-origin': 'https://page.test',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'x-own',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '300',
    });
    expect(f.received).toEqual([]);
    const second = await url.askByHost('/', { headers: page });
    expect(second.headers).toMatchObject({
      'access-control-allow-origin': 'https://page.test',
      'access-control-expose-headers': 'x-count',
      vary: 'Origin',
    });
    const other = await url.ask('/', { headers: { origin: 'https://other.test' } });
    expect(other.status).toBe(200);
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('without a configuration a page’s request is the function’s to judge', async () => {
    await using aws = await startSuite();
    const headers = { 'Access-Control-Allow-Origin': '*' };
    await aws.lambda('f', async () => ({ statusCode: 204, headers }));
    const url = await aUrl(aws, 'f');
    const preflight = { origin: 'https://a.test', 'access-control-request-method': 'POST' };
    const answer = await url.ask('/', { method: 'OPTIONS', headers: preflight });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  test('a URL that streams hands pieces on before the function has ended', async () => {
    await using latch = await aLatch();
    await using aws = await startSuite();
    const { name } = await aFunction(
      aws,
      streaming(`
        export const handler = awslambda.streamifyResponse(async (event, stream) => {
          const metadata = { statusCode: 418, headers: { 'X-A': 'b' }, cookies: ['c=d'] };
          const out = awslambda.HttpResponseStream.from(stream, metadata);
          out.write('first;');
          await fetch(event.headers['x-latch']);
          out.write('last');
          out.end();
        });`),
    );
    const url = await aUrl(aws, name, { InvokeMode: 'RESPONSE_STREAM' });
    const answer = await url.begin('/', { headers: { 'x-latch': latch.url } });
    const pieces: string[] = [];
    for await (const piece of answer as AsyncIterable<Buffer>) {
      pieces.push(piece.toString());
      latch.open();
    }
    expect(answer.statusCode).toBe(418);
    expect(answer.headers).toMatchObject({ 'x-a': 'b', 'set-cookie': ['c=d'] });
    expect(answer.headers['transfer-encoding']).toBe('chunked');
    expect(pieces).toEqual(['first;', 'last']);
  });

  test('bytes that are streamed without a head are an answer too', async () => {
    await using aws = await startSuite();
    const { name } = await aFunction(
      aws,
      streaming(`
        export const handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.setContentType('text/plain');
          stream.end('plain');
        });`),
    );
    const url = await aUrl(aws, name, { InvokeMode: 'RESPONSE_STREAM' });
    const answer = await url.ask();
    expect(answer).toMatchObject({ status: 200, body: 'plain' });
    expect(answer.headers['content-type']).toBe('text/plain');
  });

  test('a client that goes away leaves a function that comes to its end', async () => {
    await using aws = await startSuite();
    const { name } = await aFunction(
      aws,
      streaming(`
        let served = 0;
        export const handler = awslambda.streamifyResponse(async (event, stream) => {
          served += 1;
          const piece = 'x'.repeat(100_000);
          for (let count = 0; count < 50; count += 1) {
            if (!stream.write(piece)) await new Promise((done) => stream.once('drain', done));
          }
          stream.end(' ' + served);
        });`),
    );
    const one = { FunctionName: name, ReservedConcurrentExecutions: 1 };
    await aws.call('lambda', 'PutFunctionConcurrency', one);
    const url = await aUrl(aws, name, { InvokeMode: 'RESPONSE_STREAM' });
    (await url.begin()).destroy();
    // Whoever asks with HEAD goes away before the body begins.
    for (const method of ['HEAD', 'GET']) {
      let next = await url.ask('/', { method });
      while (next.status === 429) next = await url.ask('/', { method });
      expect(next.body).toMatch(method === 'HEAD' ? /^$/ : /^x{5000000} 3$/);
    }
  });
});

describe('refusals', () => {
  test('a URL that nobody made is refused as on AWS', async () => {
    await using aws = await startSuite();
    const answer = await told(await send(aws.endpoint, `/_lambda-url/${'a'.repeat(32)}/`, {}));
    expect(answer).toMatchObject({ status: 403, body: '{"Message":null}' });
    expect(answer.headers['x-amzn-errortype']).toBe('AccessDeniedException');
  });

  test('a request without the signature that is asked for is refused', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async () => 'seen');
    const answer = await (await aUrl(aws, 'f', { AuthType: 'AWS_IAM' })).ask();
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body).Message).toMatch(
      /^Forbidden\. For troubleshooting Function URL/,
    );
    expect(f.received).toEqual([]);
  });

  test.each(['FunctionURLAllowPublicAccess', 'FunctionURLInvokeAllowPublicAccess'])(
    'an open URL without the permission %s is closed',
    async (StatementId) => {
      await using aws = await startSuite();
      await aws.lambda('f', async () => 'seen');
      const url = await aUrl(aws, 'f');
      await aws.call('lambda', 'RemovePermission', { FunctionName: 'f', StatementId });
      expect((await url.ask()).status).toBe(403);
    },
  );

  test('another account’s signature needs a permission', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => 'seen');
    const url = await aUrl(aws, 'f', { AuthType: 'AWS_IAM' });
    const headers = { authorization: SIGNED.replace('KEY', '111122223333') };
    expect((await url.ask('/', { headers })).status).toBe(403);
    const Principal = '111122223333';
    for (const name of ['InvokeFunctionUrl', 'InvokeFunction']) {
      const Action = `lambda:${name}`;
      const input = { FunctionName: 'f', StatementId: name, Action, Principal };
      await aws.call('lambda', 'AddPermission', input);
    }
    expect((await url.ask('/', { headers })).status).toBe(200);
  });

  test('a function that fails is a bad gateway', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async () => 'seen');
    f.fail(2);
    const url = await aUrl(aws, 'f');
    expect(await url.ask()).toMatchObject({ status: 502, body: 'Internal Server Error' });
    await aws.call('lambda', 'UpdateFunctionUrlConfig', {
      FunctionName: 'f',
      InvokeMode: 'RESPONSE_STREAM',
    });
    expect(await url.ask()).toMatchObject({ status: 502, body: 'Internal Server Error' });
    expect(await url.ask()).toMatchObject({ status: 200, body: '"seen"' });
  });

  test.each([
    ['a status that is none', { statusCode: 'ok' }],
    ['a status of its own making', { statusCode: 1_000 }],
    ['a header of two lines', { statusCode: 200, headers: { a: 'b\r\nc: d' } }],
    ['a cookie of two lines', { statusCode: 200, cookies: ['a=b\r\nc: d'] }],
  ])('an answer with %s is a bad gateway', async (_, result) => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => result);
    expect((await (await aUrl(aws, 'f')).ask()).status).toBe(502);
  });

  test('a function that has no concurrency is throttled', async () => {
    await using aws = await startSuite();
    await aws.lambda('f', async () => 'seen', { reservedConcurrency: 0 });
    const answer = await (await aUrl(aws, 'f')).ask();
    expect(answer.status).toBe(429);
    expect(answer.headers['x-amzn-errortype']).toBe('TooManyRequestsException');
    const reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
    expect(JSON.parse(answer.body)).toMatchObject({ Reason: reason, Type: 'User' });
  });

  test('a function that fails in the middle breaks the connection', async () => {
    await using latch = await aLatch();
    await using aws = await startSuite();
    const { name } = await aFunction(
      aws,
      streaming(`
        export const handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.write('so far');
          await fetch(event.headers['x-latch']);
          throw new Error('no more');
        });`),
    );
    const url = await aUrl(aws, name, { InvokeMode: 'RESPONSE_STREAM' });
    const answer = await url.begin('/', { headers: { 'x-latch': latch.url } });
    expect(answer.statusCode).toBe(200);
    const read = told(answer);
    latch.open();
    await expect(read).rejects.toThrow('aborted');
  });
});

describe('limits', () => {
  test('a request of more than 6 MB is refused', async () => {
    await using aws = await startSuite();
    const f = await aws.lambda('f', async () => 'seen');
    const url = await aUrl(aws, 'f');
    const answer = await url.ask('/', { method: 'POST', body: 'x'.repeat(6_291_456) });
    expect(answer.status).toBe(413);
    expect(f.received).toEqual([]);
  });
});
