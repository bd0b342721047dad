import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { VERSION } from '../../src/core/version.ts';
import { schedule, WORK } from '../../src/delivery/schedule.ts';
import type { Service } from '../../src/services/service.ts';
import { enqueue } from '../storage/contract/writes.ts';
import { aCertificate } from './a-certificate.ts';
import { ask, askSqs, NOW, service, signed, wired } from './stack.ts';

const SQS = service('sqs', { ListQueues: () => ({}) });

describe('time', () => {
  test('the clock tells virtual time', async () => {
    await using at = await wired([]);
    const { json } = await ask(at, '/_millrace/v1/clock');
    const now = '2026-01-15T10:00:00.000Z';
    expect(json).toEqual({ clock: 'virtual', nowMs: NOW, now, virtual: true });
  });

  test.each([
    ['{"by":"15m"}', 900_000],
    ['{"by":1500}', 1_500],
    ['{"by":"PT1H"}', 3_600_000],
  ])('%s moves it', async (body, byMs) => {
    await using at = await wired([]);
    const { status, json } = await ask(at, '/_millrace/v1/clock/advance', { method: 'POST', body });
    expect(status).toBe(200);
    expect(json).toMatchObject({ nowMs: NOW + byMs });
  });

  test('two moves at once add up', async () => {
    await using at = await wired([]);
    const advance = { method: 'POST', body: '{"by":"1m"}' };
    await Promise.all([
      ask(at, '/_millrace/v1/clock/advance', advance),
      ask(at, '/_millrace/v1/clock/advance', advance),
    ]);
    expect(at.stack.clock.nowMs()).toBe(NOW + 120_000);
  });

  test.each(['', '{}', '{"by":"soon"}', '{"by":-1}', '{"by":null}', '[]', 'x', '{"by":"1e9d"}'])(
    'the body %j moves nothing and gets a sentence',
    async (body) => {
      await using at = await wired([]);
      const answer = await ask(at, '/_millrace/v1/clock/advance', { method: 'POST', body });
      expect(answer.status).toBe(400);
      expect(answer.json.message).toEqual(expect.any(String));
      expect(at.stack.clock.nowMs()).toBe(NOW);
    },
  );

  test('settled runs time through steps of work', async () => {
    const ran: number[] = [];
    const worker: Service = {
      ...service('sqs', {}),
      jobs: {
        step: ({ clock }) => {
          ran.push(clock.nowMs());
          return [];
        },
      },
    };
    await using at = await wired([worker]);
    await at.stack.storage.commit([schedule(at.stack, WORK, 'step', '{}', NOW + 60_000)]);
    const { status, json } = await ask(at, '/_millrace/v1/settled', { method: 'POST' });
    expect({ status, json }).toEqual({ status: 200, json: { settled: true, outstanding: [] } });
    expect(ran).toEqual([NOW + 60_000]);
  });
});

describe('what it is', () => {
  test('coverage lists what is built and what is missing, of every service', async () => {
    await using at = await wired([SQS]);
    const { json } = await ask(at, '/_millrace/v1/coverage');
    const services = json.services as { service: string; built: string[]; missing: string[] }[];
    const sqs = services.find(({ service: name }) => name === 'sqs');
    expect(sqs?.built).toEqual(['ListQueues']);
    expect(sqs?.missing).toContain('SendMessage');
    const kinesis = services.find(({ service: name }) => name === 'kinesis');
    expect(kinesis?.built).toEqual([]);
    expect(kinesis?.missing).toContain('PutRecord');
  });

  test('the version is the package’s', async () => {
    await using at = await wired([]);
    expect(VERSION).toBe(manifest.version);
    expect((await ask(at, '/version')).json).toEqual({ name: 'millrace', version: VERSION });
  });

  test('status tells people where they are', async () => {
    await using at = await wired([SQS]);
    const { json } = await ask(at, '/_millrace/v1/status');
    expect(json).toMatchObject({
      endpoint: at.served.endpoint,
      data: 'memory',
      services: ['sqs'],
      clock: 'virtual',
      processId: process.pid,
    });
  });

  test('status tells what waits, who is there and how long commits take', async () => {
    await using at = await wired([SQS]);
    await at.stack.storage.commit([enqueue('a', { sentAtMs: NOW - 3_000 }, 'orders')]);
    const { json } = await ask(at, '/_millrace/v1/status');
    expect(json).toMatchObject({
      nodes: [{ address: at.served.endpoint, version: VERSION, processId: process.pid }],
      storage: { engine: 'sqlite', commits: { count: expect.any(Number) } },
      backlog: { visible: 1, oldestAgeMs: 3_000, fullest: [{ queue: 'orders', visible: 1 }] },
      warnings: [],
    });
  });

  test('status answers without a storage that answers, and says so', async () => {
    await using at = await wired([SQS]);
    await at.stack.storage.close();
    const { status, json } = await ask(at, '/_millrace/v1/status');
    expect(status).toBe(200);
    expect(json).toMatchObject({ version: VERSION, services: ['sqs'] });
    expect(json.warnings).toEqual([expect.stringMatching(/^The storage does not answer: /)]);
  });

  test('a backup is taken by POST, and one at a time', async () => {
    await using at = await wired([SQS]);
    expect((await ask(at, '/_millrace/v1/backup')).status).toBe(405);
    const post = () => ask(at, '/_millrace/v1/backup', { method: 'POST' });
    const answers = await Promise.all([post(), post()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 503]);
    expect((await post()).headers['content-type']).toBe('application/x-tar');
  });

  test.each(['/livez', '/readyz', '/health', '/version'])(
    '%s answers GET and HEAD',
    async (path) => {
      await using at = await wired([SQS]);
      expect((await ask(at, path)).status).toBe(200);
      expect(await ask(at, path, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    },
  );

  test('a signed request for /health is for a bucket of that name', async () => {
    await using at = await wired([SQS]);
    const headers = { authorization: signed().replace('/sqs/', '/s3/') };
    const answer = await ask(at, '/health', { headers });
    expect(answer.status).toBe(501);
    expect(answer.body).toContain('s3:');
  });
});

describe('LocalStack', () => {
  test('a service is available until it is called and running from then on', async () => {
    await using at = await wired([SQS]);
    const health = async () => (await ask(at, '/_localstack/health')).json.services;
    expect(await health()).toEqual({ sqs: 'available' });
    await askSqs(at, 'ListQueues', {});
    expect(await health()).toEqual({ sqs: 'running' });
  });

  test('every stage of init is complete once it answers', async () => {
    await using at = await wired([SQS]);
    const { json } = await ask(at, '/_localstack/init');
    expect(json).toMatchObject({ completed: { BOOT: true, READY: true, SHUTDOWN: false } });
    const ready = await ask(at, '/_localstack/init/ready');
    expect(ready.json).toEqual({ stage: 'READY', completed: true, scripts: [] });
    expect((await ask(at, '/_localstack/init/lunch')).status).toBe(404);
  });

  test('info has the version', async () => {
    await using at = await wired([SQS]);
    expect((await ask(at, '/_localstack/info')).json).toMatchObject({ version: VERSION });
  });
});

describe('refusals', () => {
  test.each([
    ['/_millrace/v1/clock', 'POST'],
    ['/_millrace/v1/clock/advance', 'GET'],
    ['/_millrace/v1/settled', 'GET'],
    ['/_millrace/v1/coverage', 'DELETE'],
    ['/_millrace/v1/status', 'PUT'],
    ['/_localstack/health', 'DELETE'],
  ])('%s does not take %s', async (path, method) => {
    await using at = await wired([]);
    const answer = await ask(at, path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBeDefined();
  });

  test.each([
    '/_millrace/v1/nothing',
    '/_millrace',
    '/_localstack/chaos',
    '/_aws/none',
    '/__proto__',
  ])('%s is nothing', async (path) => {
    await using at = await wired([]);
    expect((await ask(at, path)).status).toBe(404);
  });

  test('a route that breaks answers 500 without its stack', async () => {
    const breaking: Service = {
      ...service('sqs', {}),
      routes: {
        '/_aws/sqs/messages': () => {
          throw new TypeError('broken inside');
        },
      },
    };
    await using at = await wired([breaking]);
    const answer = await ask(at, '/_aws/sqs/messages?QueueUrl=x');
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('broken inside');
    expect(at.logged[0]).toContain('broken inside');
  });

  test('moving real time is refused with how to get virtual time', async () => {
    // Only the kind of clock matters, so the stack's own is put aside.
    await using at = await wired([]);
    const { realClock } = await import('../../src/core/clock.ts');
    const { timeRoutes } = await import('../../src/server/side/time.ts');
    const route = timeRoutes(at.stack)['/_millrace/v1/clock/advance'];
    const answer = await route?.(
      { ...at.stack, clock: realClock() },
      {
        method: 'POST',
        path: '/_millrace/v1/clock/advance',
        query: new URLSearchParams(),
        rawQuery: '',
        header: () => undefined,
        fields: () => [],
        body: Buffer.from('{"by":"1m"}'),
        endpoint: '',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        onDrain: () => () => {},
        signer: () => undefined,
        operate: () => Promise.reject(new Error('Nothing is operated.')),
        readOnly: false,
      },
    );
    expect(answer?.status).toBe(409);
    expect(answer?.body).toContain('--clock virtual');
  });
});

describe('the certificate', () => {
  test('is for everybody to fetch, and to trust', async () => {
    const pair = aCertificate();
    await using at = await wired([], { tls: { load: () => pair } });
    const { status, body } = await ask(at, '/_millrace/v1/certificate');
    expect({ status, body }).toEqual({ status: 200, body: pair.cert });
  });

  test('is not there without TLS', async () => {
    await using at = await wired([]);
    const { status, json } = await ask(at, '/_millrace/v1/certificate');
    expect({ status, json }).toEqual({
      status: 404,
      json: { message: 'This server has no certificate: it was started without TLS.' },
    });
  });
});
