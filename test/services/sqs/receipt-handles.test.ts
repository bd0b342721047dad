import { expect, test } from 'vitest';
import type { Queue } from '../../../src/services/sqs/queue.ts';
import { decodeHandle, encodeHandle } from '../../../src/services/sqs/receipt-handles.ts';

const queueOf = (id: string) => ({ storage: 'sqs/a/r/q', row: { id } }) as Queue;
const queue = queueOf('0a1b2c3d');

const receipt = {
  lease: { queue: 'sqs/a/r/q', position: 2 ** 40 + 7, token: 3 },
  messageId: '5f2a6f0e-4d7e-4a0e-8d4e-0a1b2c3d4e5f',
  receivedAtMs: 1_768_471_200_123,
};

test('a handle says what it was made of', () => {
  const handle = encodeHandle(queue, receipt);
  expect(handle).toMatch(/^AQEB[\w-]+$/);
  expect(decodeHandle(queue, handle)).toEqual(receipt);
});

test('no change of a single character goes unnoticed', () => {
  const handle = encodeHandle(queue, receipt);
  for (let at = 0; at < handle.length; at += 1) {
    const other = handle[at] === 'A' ? 'B' : 'A';
    const mangled = handle.slice(0, at) + other + handle.slice(at + 1);
    expect(() => decodeHandle(queue, mangled), mangled).toThrow('receipt handle is invalid');
  }
});

test.each(['', 'AQEB', ' ', 'x'.repeat(100), `${encodeHandle(queue, receipt)}=`])(
  '%j is no handle',
  (text) => {
    expect(() => decodeHandle(queue, text)).toThrow('The input receipt handle is invalid.');
  },
);

test('a queue does not know the handles of another', () => {
  const handle = encodeHandle(queueOf('ffffffff'), receipt);
  expect(() => decodeHandle(queue, handle)).toThrow('The input receipt handle is invalid.');
});
