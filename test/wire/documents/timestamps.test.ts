import { expect, test } from 'vitest';
import { formatTimestamp, parseTimestamp } from '../../../src/wire/documents/timestamps.ts';

const AT_MS = Date.parse('2026-11-21T10:20:30.456Z');
const FULL_MS = Date.parse('2026-11-21T10:20:30Z');

test('a moment is written in three ways', () => {
  expect(formatTimestamp(AT_MS, 'iso8601')).toBe('2026-11-21T10:20:30.456Z');
  expect(formatTimestamp(FULL_MS, 'iso8601')).toBe('2026-11-21T10:20:30Z');
  expect(formatTimestamp(AT_MS, 'unixTimestamp')).toBe('1795256430.456');
  expect(formatTimestamp(FULL_MS, 'rfc822')).toBe('Sat, 21 Nov 2026 10:20:30 GMT');
});

test('each is read wherever one is due', () => {
  expect(parseTimestamp('2026-11-21T10:20:30.456Z')).toBe(AT_MS);
  expect(parseTimestamp('2026-11-21T12:20:30+02:00')).toBe(FULL_MS);
  expect(parseTimestamp('1795256430.456')).toBe(AT_MS);
  expect(parseTimestamp('1.795256430456E9')).toBe(AT_MS);
  expect(parseTimestamp('Sat, 21 Nov 2026 10:20:30 GMT')).toBe(FULL_MS);
});

test('what is no moment is none', () => {
  for (const text of ['', 'soon', '2026-13-45T00:00:00Z', '1e300', 'NaN']) {
    expect(parseTimestamp(text)).toBeUndefined();
  }
});
