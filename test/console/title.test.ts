import { expect, test } from 'vitest';
import { titleOf } from '../../console/src/shell/title.ts';

test('the title says which view it is, and of what', () => {
  const queue = encodeURIComponent('arn:aws:sqs:us-east-1:000000000000:orders');
  expect(titleOf('queues', '')).toBe('Queues · millrace');
  expect(titleOf('queues', `queue=${queue}&state=visible`)).toBe('orders · Queues · millrace');
  expect(titleOf('trace', 'id=5f0e-11aa')).toBe('5f0e-11aa · Trace · millrace');
  expect(titleOf('tail', 'id=5f0e-11aa')).toBe('Tail · millrace');
  expect(titleOf('nowhere', '')).toBe('millrace');
});
