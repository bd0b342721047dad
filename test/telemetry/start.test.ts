import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test, vi } from 'vitest';
import { type ServerOptions, startServer } from '../../src/start.ts';
import { aCollector } from './a-collector.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Sends a message to a server of these options, which then ends. */
async function serveOnce(options: ServerOptions): Promise<readonly string[]> {
  const server = await startServer({ port: 0, host: '127.0.0.1', ...options });
  const sqs = new SQSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' },
  });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  sqs.destroy();
  const workers = server.stack.workers.list().map(({ name }) => name);
  await server.close();
  return workers;
}

test('a server tells the collector of its environment, at the latest when it ends', async () => {
  await using collector = await aCollector();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  vi.stubEnv('OTEL_SERVICE_NAME', 'shop');
  await serveOnce({});
  expect(collector.span('send orders').kind).toBe(4);
  expect(collector.heard[0]?.resource['service.name']).toBe('shop');
});

test('options go before the environment', async () => {
  await using collector = await aCollector();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9');
  expect(await serveOnce({ telemetry: false })).not.toContain('telemetry');
  await serveOnce({ telemetry: { endpoint: collector.url } });
  expect(collector.spans()).toHaveLength(1);
});

test('without a collector nothing of it is there; with a wrong one nothing starts', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '');
  expect(await serveOnce({})).not.toContain('telemetry');
  vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'collector:4318');
  await expect(serveOnce({})).rejects.toThrow('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be');
});
