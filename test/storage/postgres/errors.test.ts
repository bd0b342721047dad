/** What errors of the database mean for those who wait on it. */
import { expect, test } from 'vitest';
import {
  endsConnection,
  isOfWholeGroup,
  isRetryable,
} from '../../../src/storage/postgres/errors.ts';

const withCode = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ['08006', 'the connection failed'],
  ['57P01', 'an operator ended the connection'],
  ['25P03', 'a node was paused in a transaction, and the database gave it up'],
  ['25P04', 'a transaction took too long'],
  ['ECONNRESET', 'the socket broke'],
])('%s: %s, so another one is needed and the group runs again on it', (code) => {
  expect(endsConnection(withCode(code))).toBe(true);
  expect(isOfWholeGroup(withCode(code))).toBe(true);
});

test.each(['40001', '40P01', '55P03', '57014', '23505'])('%s is tried again', (code) => {
  expect(isRetryable(withCode(code))).toBe(true);
  expect(endsConnection(withCode(code))).toBe(false);
});

test.each(['22021', '22P02', '54000'])('%s is the fault of what one list holds', (code) => {
  expect(isOfWholeGroup(withCode(code))).toBe(false);
});
