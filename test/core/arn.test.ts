import { expect, test } from 'vitest';
import { arnOf, parseArn } from '../../src/core/arn.ts';

test('an ARN is taken apart and put together again', () => {
  const text = 'arn:aws:sns:eu-west-1:123456789012:orders:5be8b6d2-0000-4000-8000-000000000000';
  const arn = parseArn(text);
  expect(arn).toMatchObject({ service: 'sns', region: 'eu-west-1', account: '123456789012' });
  expect(arnOf('sns', 'eu-west-1', '123456789012', arn?.resource ?? '')).toBe(text);
});

test('what is no ARN is undefined', () => {
  for (const text of ['', 'orders', 'arn:aws:sqs', 'arn::sqs:r:a:x', 'urn:aws:sqs:r:a:x']) {
    expect(parseArn(text)).toBeUndefined();
  }
});
