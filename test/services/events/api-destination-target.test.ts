import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';
import { listen } from './listener.ts';
import { EVERYTHING, openQueue, put, sendsTo } from './receivers.ts';

describe('answers', () => {
  test('a request has the event, the key and the headers that AWS sends', async () => {
    await using aws = await startSuite();
    await using endpoint = await listen();
    await sendsTo(aws, 'r', EVERYTHING, { Arn: await endpoint.destination(aws) });
    const id = await put(aws, { n: 1 });
    await aws.settled();
    const [request] = endpoint.heard;
    expect(request).toMatchObject({ method: 'POST', url: '/' });
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ id, detail: { n: 1 } });
    expect(request?.headers).toMatchObject({
      'x-key': 'secret',
      'user-agent': 'Amazon/EventBridge/ApiDestinations',
      'content-type': 'application/json; charset=utf-8',
      range: 'bytes=0-1048575',
      'accept-encoding': 'gzip,deflate',
      connection: 'close',
    });
  });

  test('name and password go into the Authorization header', async () => {
    await using aws = await startSuite();
    await using endpoint = await listen();
    const auth = { BasicAuthParameters: { Username: 'u', Password: 'p' } };
    const Arn = await endpoint.destination(aws, { type: 'BASIC', auth });
    await sendsTo(aws, 'r', EVERYTHING, { Arn });
    await put(aws, {});
    await aws.settled();
    expect(endpoint.heard[0]?.headers.authorization).toBe(`Basic ${btoa('u:p')}`);
  });

  test('what the connection says wins over what the target says', async () => {
    await using aws = await startSuite();
    await using endpoint = await listen();
    const auth = {
      ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'secret' },
      InvocationHttpParameters: {
        HeaderParameters: [{ Key: 'X-Both', Value: 'connection' }],
        QueryStringParameters: [{ Key: 'both', Value: 'connection' }],
        BodyParameters: [{ Key: 'added', Value: 'yes' }],
      },
    };
    const Arn = await endpoint.destination(aws, { path: '/*/x/*?fixed=1', method: 'PUT', auth });
    await sendsTo(aws, 'r', EVERYTHING, {
      Arn,
      InputPath: '$.detail',
      HttpParameters: {
        PathParameterValues: ['$.detail.id', 'a b'],
        HeaderParameters: { 'x-both': 'target', 'x-source': '$.source' },
        QueryStringParameters: { both: 'target', own: 'o' },
      },
    });
    await put(aws, { id: 'o/1', n: 1 });
    await aws.settled();
    const [request] = endpoint.heard;
    expect(request?.method).toBe('PUT');
    expect(request?.url).toBe('/o%2F1/x/a%20b?fixed=1&both=connection&own=o');
    expect(request?.headers).toMatchObject({ 'x-both': 'connection', 'x-source': 'com.shop' });
    expect(JSON.parse(request?.body ?? '')).toEqual({ id: 'o/1', n: 1, added: 'yes' });
  });

  test('a body that is no JSON object stays as it is', async () => {
    await using aws = await startSuite();
    await using endpoint = await listen();
    const auth = {
      ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'secret' },
      InvocationHttpParameters: { BodyParameters: [{ Key: 'added', Value: 'yes' }] },
    };
    const Arn = await endpoint.destination(aws, { auth });
    await sendsTo(aws, 'r', EVERYTHING, { Arn, Input: '[1]' });
    await put(aws, {});
    await aws.settled();
    expect(endpoint.heard[0]?.body).toBe('[1]');
  });

  test('an OAuth token is used, and renewed when the endpoint no longer takes it', async () => {
    await using aws = await startSuite();
    let tokens = 0;
    await using endpoint = await listen(({ url, headers }) => {
      if (url === '/token') {
        tokens += 1;
        return { status: 200, body: `{"access_token":"t${tokens}","expires_in":3600}` };
      }
      return { status: headers.authorization === 'Bearer t2' ? 200 : 401 };
    });
    const auth = {
      OAuthParameters: {
        ClientParameters: { ClientID: 'id', ClientSecret: 'hush' },
        AuthorizationEndpoint: `${endpoint.url}/token`,
        HttpMethod: 'POST',
      },
    } as const;
    const Arn = await endpoint.destination(aws, { type: 'OAUTH_CLIENT_CREDENTIALS', auth });
    await sendsTo(aws, 'r', EVERYTHING, { Arn });
    await put(aws, {});
    await aws.settled();
    const used = () =>
      endpoint.heard.filter(({ url }) => url === '/').map(({ headers }) => headers.authorization);
    expect(used()).toEqual(['Bearer t1', 'Bearer t2']);

    await aws.clock.advance('1h');
    await put(aws, {});
    await aws.clock.advance('0s');
    expect(used().at(-1)).toBe('Bearer t3');
  });

  test.each([401, 407, 409, 429, 500, 503])('status %i is tried again', async (status) => {
    await using aws = await startSuite();
    let calls = 0;
    await using endpoint = await listen(() => {
      calls += 1;
      return { status: calls < 3 ? status : 200 };
    });
    await sendsTo(aws, 'r', EVERYTHING, { Arn: await endpoint.destination(aws) });
    await put(aws, {});
    await aws.settled();
    expect(calls).toBe(3);
  });

  test.each([302, 400, 403, 404, 422])('status %i is final', async (status) => {
    await using aws = await startSuite();
    await using endpoint = await listen(() => ({ status }));
    const deadLetters = await openQueue(aws, 'dlq');
    const DeadLetterConfig = { Arn: deadLetters.arn };
    const Arn = await endpoint.destination(aws);
    await sendsTo(aws, 'r', EVERYTHING, { Arn, DeadLetterConfig });
    const id = await put(aws, {});
    await aws.settled();
    expect(endpoint.heard).toHaveLength(1);
    const [letter] = await deadLetters.messages();
    expect(JSON.parse(letter?.Body ?? '').id).toBe(id);
    expect(letter?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: 'ERROR_FROM_TARGET' },
      RETRY_ATTEMPTS: { StringValue: '0' },
    });
  });

  test('Retry-After is honoured', async () => {
    await using aws = await startSuite();
    const times: number[] = [];
    await using endpoint = await listen(() => {
      times.push(aws.clock.now());
      return times.length === 1
        ? { status: 503, headers: { 'Retry-After': '120' } }
        : { status: 200 };
    });
    await sendsTo(aws, 'r', EVERYTHING, { Arn: await endpoint.destination(aws) });
    await put(aws, {});
    await aws.settled();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(120_000);
  });

  test('an endpoint that cannot be reached is tried again', async () => {
    await using aws = await startSuite();
    const deadLetters = await openQueue(aws, 'dlq');
    let Arn = '';
    {
      await using endpoint = await listen();
      Arn = await endpoint.destination(aws);
    }
    const RetryPolicy = { MaximumRetryAttempts: 2 };
    const DeadLetterConfig = { Arn: deadLetters.arn };
    await sendsTo(aws, 'r', EVERYTHING, { Arn, RetryPolicy, DeadLetterConfig });
    await put(aws, {});
    await aws.settled();
    const [letter] = await deadLetters.messages();
    expect(letter?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: 'SDK_CLIENT_ERROR' },
      ERROR_MESSAGE: {
        StringValue: expect.stringMatching(/^Unable to invoke ApiDestination endpoint: /),
      },
      RETRY_ATTEMPTS: { StringValue: '2' },
    });
  });

  test('a destination without its connection gets nothing', async () => {
    await using aws = await startSuite();
    await using endpoint = await listen();
    const deadLetters = await openQueue(aws, 'dlq');
    const DeadLetterConfig = { Arn: deadLetters.arn };
    await sendsTo(aws, 'r', EVERYTHING, {
      Arn: await endpoint.destination(aws),
      DeadLetterConfig,
    });
    const code = async () => {
      await put(aws, {});
      await aws.settled();
      const [letter] = await deadLetters.messages();
      return letter?.MessageAttributes?.ERROR_CODE?.StringValue;
    };
    await aws.call('events', 'DeauthorizeConnection', { Name: 'd' });
    expect(await code()).toBe('NO_PERMISSIONS');
    await aws.call('events', 'DeleteConnection', { Name: 'd' });
    expect(await code()).toBe('NO_RESOURCE');
    await aws.call('events', 'DeleteApiDestination', { Name: 'd' });
    expect(await code()).toBe('NO_RESOURCE');
    expect(endpoint.heard).toEqual([]);
  });
});

describe('limits', () => {
  test('a destination gets no more than its rate, and everything in the end', async () => {
    await using aws = await startSuite();
    const times: number[] = [];
    await using endpoint = await listen(() => {
      times.push(aws.clock.now());
      return { status: 200 };
    });
    const Arn = await endpoint.destination(aws, { ratePerSecond: 10 });
    const RetryPolicy = { MaximumRetryAttempts: 0 };
    await sendsTo(aws, 'r', EVERYTHING, { Arn, RetryPolicy });
    const start = aws.clock.now();
    const entry = { Source: 'x', DetailType: 't', Detail: '{}' };
    for (let call = 0; call < 5; call += 1) {
      await aws.call('events', 'PutEvents', { Entries: Array(10).fill(entry) });
    }
    await aws.settled();
    expect(times).toHaveLength(50);
    const perSecond = Array.from(
      { length: 5 },
      (_, second) =>
        times.filter((time) => Math.floor((time - start - 1) / 1000) === second).length,
    );
    expect(times.filter((time) => time === start)).toHaveLength(10);
    expect(perSecond.slice(0, 4)).toEqual([10, 10, 10, 10]);
  });

  test('waiting for the rate is no attempt', async () => {
    await using aws = await startSuite();
    await using endpoint = await listen(() => ({ status: 400 }));
    const deadLetters = await openQueue(aws, 'dlq');
    const DeadLetterConfig = { Arn: deadLetters.arn };
    const Arn = await endpoint.destination(aws, { ratePerSecond: 1 });
    await sendsTo(aws, 'r', EVERYTHING, { Arn, DeadLetterConfig });
    for (let index = 0; index < 3; index += 1) await put(aws, { index });
    await aws.settled();
    const letters = await deadLetters.messages();
    const retries = letters.map((letter) => letter.MessageAttributes?.RETRY_ATTEMPTS?.StringValue);
    expect(retries).toEqual(['0', '0', '0']);
  });
});
