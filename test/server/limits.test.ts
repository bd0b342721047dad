import { describe, expect, test } from 'vitest';
import { bodyLimit, MOST_BODY_BYTES } from '../../src/server/limits.ts';
import { ask, signed, wired } from './stack.ts';

const header = () => undefined;
const LAMBDA = signed().replace('/sqs/', '/lambda/');

describe('limits', () => {
  test.each([
    ['POST', '/2015-03-31/functions', 70_167_211, 'CreateFunction'],
    ['POST', '/2015-03-31/functions/', 70_167_211, 'CreateFunction'],
    ['PUT', '/2015-03-31/functions/f/code', 70_167_211, 'UpdateFunctionCode'],
    ['POST', '/2018-10-31/layers/l/versions', 70_167_211, 'PublishLayerVersion'],
    ['POST', '/2015-03-31/functions/f/invocations', 6_291_456, 'InvokeFunction'],
    ['POST', '/2014-11-13/functions/f/invoke-async', 6_291_456, 'InvokeFunction'],
    [
      'POST',
      '/2021-11-15/functions/f%3Av1/response-streaming-invocations',
      6_291_456,
      'InvokeFunction',
    ],
  ])('%s %s takes bodies of up to %i bytes', (method, path, bytes, operation) => {
    const limit = bodyLimit({ method, path, header });
    expect(limit.bytes).toBeGreaterThanOrEqual(bytes);
    expect(limit.bytes).toBeLessThan(bytes * 1.02);
    const words = `Request must be smaller than ${bytes} bytes for the ${operation} operation`;
    expect(limit.refusal).toBe(words);
  });

  test.each([
    ['POST', '/'],
    ['POST', '/000000000000/orders'],
    ['GET', '/2015-03-31/functions'],
    ['POST', '/2015-03-31/functions/f/versions'],
    ['PUT', '/2015-03-31/functions/f/configuration'],
  ])('%s %s takes what everything takes', (method, path) => {
    expect(bodyLimit({ method, path, header }).bytes).toBe(MOST_BODY_BYTES);
  });

  test('what is put into streams may have 10 MiB, in base64 too', () => {
    const sent = (target: string) =>
      bodyLimit({ method: 'POST', path: '/', header: () => `Kinesis_20131202.${target}` });
    expect(sent('PutRecords').bytes).toBeGreaterThan((10 * 1024 * 1024 * 4) / 3);
    expect(sent('PutRecord').bytes).toBe(sent('PutRecords').bytes);
    expect(sent('GetRecords').bytes).toBe(MOST_BODY_BYTES);
  });

  test('what is written to tables at once may have 16 MiB', () => {
    const sent = (target: string) =>
      bodyLimit({ method: 'POST', path: '/', header: () => `DynamoDB_20120810.${target}` });
    expect(sent('BatchWriteItem').bytes).toBe(16 * 1024 * 1024);
    expect(sent('PutItem').bytes).toBe(16 * 1024 * 1024);
  });

  test('code that is too large is refused as Lambda does, before any of it is read', async () => {
    await using at = await wired([]);
    const told = await ask(at, '/2015-03-31/functions', {
      method: 'POST',
      headers: { authorization: LAMBDA, 'content-length': '70167212' },
    });
    expect(told).toMatchObject({
      status: 413,
      headers: { 'x-amzn-errortype': 'RequestEntityTooLargeException' },
      json: {
        message: 'Request must be smaller than 70167211 bytes for the CreateFunction operation',
      },
    });
  });

  test('a form that is too large is refused as XML', async () => {
    await using at = await wired([]);
    const headers = {
      authorization: signed().replace('/sqs/', '/sns/'),
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(MOST_BODY_BYTES + 1),
    };
    const told = await ask(at, '/', { method: 'POST', headers });
    expect(told.status).toBe(413);
    expect(told.body).toContain('<Code>RequestEntityTooLargeException</Code>');
  });
});
