/**
 * Tries every pattern of the models on texts that make regular expressions backtrack. Runs in a
 * worker, because nothing within a thread can stop a regular expression: says each pattern
 * before it is tried, and "done".
 */
import { parentPort } from 'node:worker_threads';
import { modelOf } from '../../src/wire/models.ts';
import { matchesPattern } from '../../src/wire/validation/patterns.ts';
import { services } from '../../src/wire/wire.ts';

const STARTS = ['', '/', 'arn:aws:lambda:us-east-1:123456789012:', 'arn:aws:s3:::', 'https://'];
const UNITS = ['a', '1', 'A', ' ', '/', ':', '.', '-', '_', 'a.', 'a-', 'a/', '.a', '0a', 'aA1'];
/** Where nothing bounds a text, AWS's own limits on whole requests do; this is long enough. */
const LONGEST = 20_000;

const tried = new Map<string, number>();
for (const service of services()) {
  for (const { pattern, max = LONGEST } of Object.values(modelOf(service).shapes)) {
    if (pattern === undefined) continue;
    tried.set(pattern, Math.max(tried.get(pattern) ?? 0, Math.min(max, LONGEST)));
  }
}

for (const [pattern, longest] of tried) {
  parentPort?.postMessage(pattern);
  for (const start of STARTS) {
    for (const unit of UNITS) {
      const text = start + unit.repeat(Math.ceil(longest / unit.length));
      matchesPattern(pattern, `${text.slice(0, longest - 1)}\u0001`);
    }
  }
}
parentPort?.postMessage('done');
