import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../src/core/errors.ts';
import type { Call } from '../../src/services/call.ts';
import { readExposition } from '../core/read-exposition.ts';
import { ask, askSqs, service, signed, type Wired, wired } from './stack.ts';

const SQS = service('sqs', {
  ListQueues: () => ({ QueueUrls: [] }),
  CreateQueue: () => {
    throw new AwsError('QueueNameExists', 'It exists.');
  },
  GetQueueUrl: () => {
    throw new AwsError('RequestThrottled', 'Slowly.', { status: 403 });
  },
  ReceiveMessage: () => {
    throw new Error('broken');
  },
});

const requests = (at: Wired, labels: Readonly<Record<string, string>>) =>
  at.stack.metrics.read('millrace_requests_total', labels);

describe('answers', () => {
  test.each(['/metrics', '/_millrace/metrics'])('%s is what Prometheus reads', async (path) => {
    await using at = await wired([SQS]);
    await askSqs(at, 'ListQueues', {});
    const { status, headers, body } = await ask(at, path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = readExposition(body);
    const names = families.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(
      expect.arrayContaining([
        'millrace_commit_duration_seconds',
        'millrace_connections',
        'millrace_messages',
        'millrace_requests_total',
        'nodejs_eventloop_lag_seconds',
        'process_cpu_seconds_total',
        'process_resident_memory_bytes',
      ]),
    );
    const asked = families.find(({ name }) => name === 'millrace_requests_total')?.samples;
    const labels = { service: 'sqs', operation: 'ListQueues', outcome: 'ok' };
    expect(asked).toEqual([{ name: 'millrace_requests_total', labels, value: 1 }]);
  });

  test('it has the same families in the same order each time', async () => {
    await using at = await wired([SQS]);
    await askSqs(at, 'ListQueues', {});
    const shape = async () => {
      const families = readExposition((await ask(at, '/metrics')).body);
      return families.map(({ name, samples }) => [name, samples.map(({ labels }) => labels)]);
    };
    expect(await shape()).toEqual(await shape());
  });

  test('requests are told by operation and by what came of them', async () => {
    await using at = await wired([SQS]);
    for (const operation of ['CreateQueue', 'GetQueueUrl', 'ReceiveMessage', 'ListQueues']) {
      await askSqs(at, operation, { QueueName: 'q', QueueUrl: 'http://a/0/q' });
    }
    await askSqs(at, 'DeleteQueue', { QueueUrl: 'http://a/0/q' });
    const told = async (operation: string, outcome: string) =>
      expect(await requests(at, { service: 'sqs', operation, outcome }), operation).toBe(1);
    await told('ListQueues', 'ok');
    await told('CreateQueue', 'client-error');
    await told('GetQueueUrl', 'throttled');
    await told('ReceiveMessage', 'server-error');
    // Not built.
    await told('DeleteQueue', 'server-error');
  });

  test('what nobody recognises is told without what the caller made up', async () => {
    await using at = await wired([SQS]);
    await ask(at, '/', {
      method: 'POST',
      headers: { 'x-amz-target': 'MadeUp.Name', authorization: signed() },
    });
    expect(await requests(at, { service: 'unknown', operation: 'unknown' })).toBe(1);
    expect((await ask(at, '/metrics')).body).not.toContain('MadeUp');
  });

  test('bodies, time and open connections are told', async () => {
    await using at = await wired([SQS]);
    await askSqs(at, 'ListQueues', { QueueNamePrefix: 'é' });
    const labels = { service: 'sqs', operation: 'ListQueues' };
    const read = (name: string) => at.stack.metrics.read(name, labels);
    expect(await read('millrace_request_body_bytes_total')).toBe(
      Buffer.byteLength('{"QueueNamePrefix":"é"}'),
    );
    expect(await read('millrace_answer_body_bytes_total')).toBe('{"QueueUrls":[]}'.length);
    expect(await read('millrace_request_duration_seconds')).toBeGreaterThan(0);
    const socket = connect(at.served.port, '127.0.0.1');
    await once(socket, 'connect');
    while ((await at.stack.metrics.read('millrace_connections')) !== 1);
    socket.destroy();
  });

  test('a request in flight is told until it is answered', async () => {
    const inFlight: (number | undefined)[] = [];
    const look = async ({ stack }: Call) => {
      inFlight.push(await stack.metrics.read('millrace_requests_in_flight'));
      return {};
    };
    await using at = await wired([service('sqs', { ListQueues: look })]);
    await askSqs(at, 'ListQueues', {});
    inFlight.push(await at.stack.metrics.read('millrace_requests_in_flight'));
    expect(inFlight).toEqual([1, 0]);
  });
});

describe('refusals', () => {
  test('only GET and HEAD, and a bucket may be called metrics', async () => {
    await using at = await wired([SQS]);
    expect((await ask(at, '/metrics', { method: 'POST' })).status).toBe(405);
    const authorization = signed().replace('/sqs/', '/s3/');
    const { body } = await ask(at, '/metrics', { headers: { authorization } });
    expect(body).toContain('s3:');
  });
});
