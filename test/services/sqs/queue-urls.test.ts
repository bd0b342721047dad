import { expect, test } from 'vitest';
import { addressOf, parseQueueUrl, queueUrl } from '../../../src/services/sqs/queue-urls.ts';

const ACCOUNT = '000000000000';
const orders = addressOf(ACCOUNT, 'us-west-2', 'orders');

test.each([
  ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
  ['http://sqs.us-west-2.localhost:4566', 'http://sqs.us-west-2.localhost:4566'],
  // Asked at a host of one region with a signature for another: the URL has to lead back.
  ['http://sqs.eu-west-1.localhost:4566', 'http://sqs.us-west-2.localhost:4566'],
  ['http://eu-west-1.queue.localhost:4566', 'http://us-west-2.queue.localhost:4566'],
])('asked at %s, the URL is one that finds the queue again', (endpoint, base) => {
  const url = queueUrl({ endpoint }, orders);
  expect(url).toBe(`${base}/${ACCOUNT}/orders`);
  expect(parseQueueUrl({ account: ACCOUNT, region: 'us-west-2' }, url)).toMatchObject(orders);
});

test('what a URL does not name is the caller’s, each time anew', () => {
  const callers = [
    { account: ACCOUNT, region: 'us-east-1' },
    { account: '111111111111', region: 'us-east-1' },
    { account: '111111111111', region: 'eu-west-1' },
  ];
  for (const caller of callers) {
    for (const url of ['orders', '/orders', 'http://localhost:4566/orders']) {
      const { account, region } = caller;
      expect(parseQueueUrl(caller, url)).toMatchObject(addressOf(account, region, 'orders'));
    }
  }
});

test.each(['/', 'http://localhost', 'http://localhost:4566/', 'http://localhost/12/orders'])(
  '%s is no queue’s',
  (url) => {
    expect(parseQueueUrl({ account: ACCOUNT, region: 'us-east-1' }, url)).toBe(undefined);
  },
);
