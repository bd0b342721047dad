/** Says whether something is as it must be; the process then ends with 1 when it is not. */
import { isDeepStrictEqual } from 'node:util';
import { paint } from './paint.ts';

export function check(what: string, is: unknown, must: unknown): void {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  if (isDeepStrictEqual(is, must)) {
    console.log(`  ${paint('green', '✓')} ${what}: ${text(is)}`);
    return;
  }
  console.log(`  ${paint('red', '✗')} ${what}: ${text(is)}, must be ${text(must)}`);
  process.exitCode = 1;
}
