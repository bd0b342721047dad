import { expect, test } from 'vitest';
import {
  bodyMd5Of,
  decodeMeta,
  encodeMeta,
  md5,
  senderIdOf,
  sequenceNumber,
} from '../../../src/services/sqs/message.ts';

test.each([
  { senderId: '000000000000' },
  { senderId: 'AROA:session' },
  { senderId: 'x', attributes: { a: ['String', 'b'] as const }, traceHeader: 'Root=1' },
  { senderId: 'x', dedupId: 'd', deadLetterSourceArn: 'arn', receivedElsewhere: 3 },
])('%j is kept beside the body', (extras) => {
  const meta = encodeMeta(md5('body'), extras);
  expect(bodyMd5Of(meta)).toBe('841a2d689ad86bd1611447453c22c6fc');
  expect(decodeMeta(meta)).toEqual(extras);
});

test('a plain message costs no more than its digest and its sender', () => {
  expect(encodeMeta(md5('body'), { senderId: '1' })).toHaveLength(33);
});

test('sequence numbers begin where AWS has been seen to begin', () => {
  expect(sequenceNumber(0)).toBe('18849496460467696128');
  expect(sequenceNumber(1)).toBe('18849496460467696384');
  expect(sequenceNumber(2 ** 45)).toHaveLength(20);
});

test('a sender has the id that IAM would give such a principal', () => {
  expect(senderIdOf('arn:aws:iam::111111111111:root')).toBe('111111111111');
  const user = senderIdOf('arn:aws:iam::111111111111:user/ann');
  expect(user).toMatch(/^AIDA[0-9A-Z]{17}$/);
  expect(senderIdOf('arn:aws:iam::111111111111:user/ann')).toBe(user);
  expect(senderIdOf('arn:aws:sts::111111111111:assumed-role/worker/i-1')).toMatch(
    /^AROA[0-9A-Z]{17}:i-1$/,
  );
});
