import { expect, test } from 'vitest';
import { quotas, readQuota } from '../../src/core/quotas.ts';

test('a quota is changed by name', () => {
  const changed = quotas('current', readQuota('dynamodb.throttle=1'));
  expect(changed['dynamodb.throttle']).toBe(1);
  expect(changed['sqs.maxInFlight']).toBe(quotas()['sqs.maxInFlight']);
});

test.each([
  ['dynamodb.throttl=1', 'There is no quota called "dynamodb.throttl".'],
  ['toString=1', 'There is no quota called "toString".'],
  ['sqs.maxInFlight', 'A quota is set as sqs.maxInFlight=<number>, and not below 0.'],
  ['sqs.maxInFlight=-1', 'A quota is set as sqs.maxInFlight=<number>, and not below 0.'],
  ['sqs.maxInFlight=many', 'A quota is set as sqs.maxInFlight=<number>, and not below 0.'],
])('%s is refused', (text, message) => {
  expect(() => readQuota(text)).toThrow(message);
});
