/** Servers whose data is in PostgreSQL. */
import { CreateQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { emptyStore, missing, onPostgres, startCluster } from '../storage/postgres/cluster.ts';
import { type Running, run } from './millrace.ts';

const READY = /at (http:\/\/127\.0\.0\.1:\d+), data (.*)\n(?:console at .*\n)?Ready\.\n$/;

const sqs = (endpoint: string) =>
  new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

async function endpointOf(server: Running): Promise<string> {
  return READY.exec(await server.says(READY))?.[1] ?? '';
}

async function ended(server: Running) {
  server.process.kill('SIGTERM');
  return server.ended;
}

describe.skipIf(missing)(`servers on ${onPostgres}`, () => {
  test('two of them have the same queues, and say where those are', async () => {
    const { url, schema } = await emptyStore();
    const args = ['start', '--port', '0', '--store', url, '--store-schema', schema];
    const [one, two] = [run(args), run(args)];
    const { host, pathname } = new URL(url);
    expect(await one.says(READY)).toContain(`data in postgres://${host}${pathname}`);
    const QueueName = 'orders';
    await sqs(await endpointOf(one)).send(new CreateQueueCommand({ QueueName }));
    const found = await sqs(await endpointOf(two)).send(new GetQueueUrlCommand({ QueueName }));
    expect(found.QueueUrl).toContain('/000000000000/orders');
    expect(await ended(one)).toMatchObject({ code: 0 });
    expect(await ended(two)).toMatchObject({ code: 0 });
  });

  test('one ends although its database is gone', async () => {
    const { url, stop } = await startCluster({ fsync: false });
    const server = run(['start', '--port', '0', '--store', url]);
    await server.says(READY);
    await stop();
    expect(await ended(server)).toMatchObject({ code: 0 });
  });
});

describe('refusals', () => {
  test('an address at which there is no database is named', async () => {
    const { code, stderr } = await run(['start', '--store', 'postgres://127.0.0.1:1/x']).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('ECONNREFUSED 127.0.0.1:1');
  });

  test('what is no address of a database is refused', async () => {
    const { code, stderr } = await run(['start', '--store', 'mysql://localhost']).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('A store is an address that begins with postgres://.');
  });

  test('a folder and a store are not for one server', async () => {
    const args = ['start', '--store', 'postgres://localhost/x', '--data', 'x'];
    expect(await run(args).ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("option '--data' cannot be used with option '--store'"),
    });
  });
});
