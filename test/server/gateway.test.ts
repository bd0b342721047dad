import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../src/core/errors.ts';
import type { Call } from '../../src/services/call.ts';
import { Conflict, Unavailable } from '../../src/storage/storage.ts';
import { ask, askSqs, service, signed, wired } from './stack.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function throwing(cause: unknown) {
  return service('sqs', {
    ListQueues: () => {
      throw cause;
    },
  });
}

describe('answers', () => {
  test('an operation is called, and its answer sent in the protocol asked', async () => {
    const asked: unknown[] = [];
    const sqs = service('sqs', {
      ListQueues: (_call, input) => {
        asked.push(input);
        return { QueueUrls: ['u'] };
      },
    });
    await using at = await wired([sqs]);
    const json = await askSqs(at, 'ListQueues', { QueueNamePrefix: 'a' });
    expect(json).toMatchObject({ status: 200, json: { QueueUrls: ['u'] } });
    expect(json.headers['x-amzn-requestid']).toMatch(UUID);
    const query = await ask(at, '/', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: signed(),
      },
      body: 'Action=ListQueues&Version=2012-11-05&QueueNamePrefix=a',
    });
    expect(query.body).toMatch(/<ListQueuesResult><QueueUrl>u<\/QueueUrl>/);
    expect(asked).toEqual([{ QueueNamePrefix: 'a' }, { QueueNamePrefix: 'a' }]);
  });

  test('a call knows who asks, from where, and by which address', async () => {
    const calls: Call[] = [];
    const sqs = service('sqs', {
      ListQueues: (call) => {
        calls.push(call);
        return {};
      },
    });
    await using at = await wired([sqs]);
    const headers = {
      authorization: signed('123456789012'),
      host: 'sqs.eu-west-1.localhost:4566',
      'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793',
    };
    const { headers: told } = await askSqs(at, 'ListQueues', {}, { headers });
    expect(calls[0]).toMatchObject({
      service: 'sqs',
      operation: 'ListQueues',
      account: '123456789012',
      region: 'eu-west-1',
      principalArn: 'arn:aws:iam::123456789012:root',
      endpoint: 'http://sqs.eu-west-1.localhost:4566',
      traceHeader: headers['x-amzn-trace-id'],
      requestId: told['x-amzn-requestid'],
    });
  });

  test('the host tells the region of a call that is not signed, and of no other', async () => {
    const regions: string[] = [];
    const sqs = service('sqs', {
      ListQueues: (call) => {
        regions.push(call.region);
        return {};
      },
    });
    await using at = await wired([sqs]);
    const path = '/?Action=ListQueues&Version=2012-11-05';
    for (const host of ['sqs.us-west-2.localhost', 'us-west-2.queue.localhost', 'localhost']) {
      await ask(at, path, { headers: { host } });
      await ask(at, path, { headers: { host, authorization: signed() } });
    }
    expect(regions).toEqual([
      ...['us-west-2', 'eu-west-1'],
      ...['us-west-2', 'eu-west-1'],
      ...['us-east-1', 'eu-west-1'],
    ]);
  });

  test('the Date stays on wall time while the stack runs on virtual time', async () => {
    await using at = await wired([service('sqs', { ListQueues: () => ({}) })]);
    const { headers } = await askSqs(at, 'ListQueues', {});
    const date = Date.parse(String(headers.date));
    expect(Math.abs(date - at.stack.clock.wallNowMs())).toBeLessThan(5_000);
  });
});

describe('refusals', () => {
  test('an error of the service keeps its code, its message and its older code', async () => {
    await using at = await wired([throwing(new AwsError('QueueDoesNotExist', 'No such queue.'))]);
    const answer = await askSqs(at, 'ListQueues', {});
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ message: 'No such queue.' });
    expect(answer.json.__type).toMatch(/QueueDoesNotExist$/);
    expect(answer.headers['x-amzn-query-error']).toBe(
      'AWS.SimpleQueueService.NonExistentQueue;Sender',
    );
  });

  test('an operation that is not built is named', async () => {
    await using at = await wired([service('sqs', {})]);
    const answer = await askSqs(at, 'ListQueues', {});
    expect(answer.status).toBe(501);
    expect(answer.body).toContain('millrace has not built sqs:ListQueues yet');
    expect(answer.body).toContain('/_millrace/v1/coverage');
  });

  test('a service that is not built is named too', async () => {
    await using at = await wired([]);
    const answer = await ask(at, '/', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Kinesis_20131202.ListStreams',
      },
      body: '{}',
    });
    expect(answer.status).toBe(501);
    expect(answer.body).toContain('kinesis:ListStreams');
  });

  test('Kinesis, which the SDK calls over HTTP/2, is refused as readably', async () => {
    await using at = await wired([]);
    const kinesis = new KinesisClient({
      endpoint: at.served.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    const answer = kinesis.send(new ListStreamsCommand({}));
    await expect(answer).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('millrace has not built kinesis:ListStreams yet'),
    });
    kinesis.destroy();
  });

  test.each(['NoSuchOperation', 'constructor', 'toString', '__proto__', ''])(
    'the operation %j, which AWS does not have, is refused',
    async (operation) => {
      await using at = await wired([service('sqs', { ListQueues: () => ({}) })]);
      const answer = await askSqs(at, operation, {});
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(at.logged).toEqual([]);
    },
  );

  test('a conflict that the service did not resolve is a 503', async () => {
    await using at = await wired([throwing(new Conflict('version'))]);
    const answer = await askSqs(at, 'ListQueues', {});
    expect(answer.status).toBe(503);
    expect(answer.body).toMatch(/ServiceUnavailable.*try again/);
  });

  test('a full disk is a 503 that says so, and is logged', async () => {
    await using at = await wired([throwing(new Unavailable('the disk is full'))]);
    const answer = await askSqs(at, 'ListQueues', {});
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('the disk is full');
    expect(at.logged).toHaveLength(1);
  });

  test('what breaks is a 500 without a stack trace, logged under its id', async () => {
    await using at = await wired([throwing(new TypeError('x is not a function'))]);
    const answer = await askSqs(at, 'ListQueues', {});
    expect(answer.status).toBe(500);
    expect(answer.body).toContain('InternalFailure');
    expect(answer.body).not.toMatch(/TypeError|not a function|\.ts/);
    const requestId = String(answer.headers['x-amzn-requestid']);
    expect(answer.body).toContain(requestId);
    expect(at.logged[0]).toContain(requestId);
    expect(at.logged[0]).toContain('gateway.test.ts');
  });

  test('an operation that rejects later is answered in the same way', async () => {
    const sqs = service('sqs', { ListQueues: async () => Promise.reject(new Error('late')) });
    await using at = await wired([sqs]);
    expect(await askSqs(at, 'ListQueues', {})).toMatchObject({ status: 500 });
  });

  test.each(['{', '[]', 'null', '"x"', '{"MaxResults":"many"}', '\u0000', '{"a":'.repeat(5_000)])(
    'the malformed body %# is refused, not broken by',
    async (body) => {
      await using at = await wired([service('sqs', { ListQueues: () => ({}) })]);
      const answer = await askSqs(at, 'ListQueues', {}, { body });
      expect(answer.status).toBe(400);
      expect(at.logged).toEqual([]);
    },
  );

  test('a request of no service at all gets a sentence', async () => {
    await using at = await wired([]);
    for (const path of ['/', '/some/path?x=1', '/%zz', '/%00']) {
      const answer = await ask(at, path);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).not.toBe(500);
    }
    expect(at.logged).toEqual([]);
  });

  test('a body declared larger than any payload is refused before it is sent', async () => {
    await using at = await wired([service('sqs', { ListQueues: () => ({}) })]);
    const headers = { 'content-length': String(100 * 1024 * 1024) };
    const answer = await new Promise((resolve, reject) => {
      const asked = askSqs(at, 'ListQueues', {}, { headers, body: '' });
      asked.then(({ status }) => resolve(status), reject);
    });
    expect(answer).toBe(413);
  });
});

describe('pages of other origins', () => {
  test('nothing is called for them, and no header lets them read the refusal', async () => {
    let called = 0;
    const sqs = service('sqs', {
      DeleteQueue: () => {
        called += 1;
        return {};
      },
    });
    await using at = await wired([sqs]);
    const answer = await ask(at, '/', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'http://evil.example',
      },
      body: 'Action=DeleteQueue&Version=2012-11-05&QueueUrl=http://127.0.0.1/000000000000/q',
    });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).join()).not.toMatch(/access-control/);
    expect(called).toBe(0);
  });

  test('an allowed page is answered with CORS headers, before and with the call', async () => {
    const origin = 'http://localhost:3000';
    await using at = await wired([service('sqs', { ListQueues: () => ({}) })], {
      allowedOrigins: [origin],
    });
    const preflight = await ask(at, '/', { method: 'OPTIONS', headers: { origin } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    const answer = await askSqs(at, 'ListQueues', {}, { headers: { origin } });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
  });
});

describe('the end', () => {
  test('a long poll is ended by draining, and later ones at once', async () => {
    const polling = Promise.withResolvers<void>();
    const sqs = service('sqs', {
      ListQueues: (call) =>
        new Promise((resolve) => {
          call.onDrain(() => resolve({ QueueUrls: ['drained'] }));
          polling.resolve();
        }),
    });
    await using at = await wired([sqs]);
    const answer = askSqs(at, 'ListQueues', {});
    await polling.promise;
    await at.served.close(5_000);
    expect(await answer).toMatchObject({ status: 200, json: { QueueUrls: ['drained'] } });
    expect((await answer).headers.connection).toBe('close');
  });
});

test('a public address needs a word', async () => {
  await expect(wired([], { host: '0.0.0.0' })).rejects.toThrow('--i-know-this-is-open');
  await using at = await wired([], { host: '0.0.0.0', open: true });
  expect(at.served.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:/);
});
