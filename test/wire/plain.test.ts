/** Every operation of every service as plain JSON: inputs are read, outputs written whole. */
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../src/core/errors.ts';
import { PLAIN_TREE } from '../../src/wire/documents/tree-formats.ts';
import { treeReaders } from '../../src/wire/documents/tree-read.ts';
import { treeWriters } from '../../src/wire/documents/tree-write.ts';
import { modelOf } from '../../src/wire/models.ts';
import { plainOperation, refusalIn } from '../../src/wire/plain.ts';
import { operationsOf, services } from '../../src/wire/wire.ts';
import { sampleOf } from './samples.ts';

const through = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? {}));
/** Bytes of all kinds alike, and without what is undefined. */
const alike = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one) =>
      one?.type === 'Buffer' || one instanceof Uint8Array ? Buffer.from(one.data ?? one) : one,
    ),
  );

describe('every operation', () => {
  test.each(services().map((name) => [name]))('%s', (service) => {
    const model = modelOf(service);
    const [read, write] = [treeReaders(model, PLAIN_TREE), treeWriters(model, PLAIN_TREE)];
    const wrong: string[] = [];
    for (const operation of operationsOf(service)) {
      const plain = plainOperation(service, operation);
      const { input, output } = model.operation(operation) ?? {};
      if (!plain || plain.routed.operation !== operation) wrong.push(`none ${operation}`);
      if (!plain || plain.streams) continue;
      if (input !== undefined) {
        const sample = sampleOf(model, input);
        const writer = write(input);
        const document = through(writer ? writer(sample) : sample);
        if (!isSame(plain.read(document), sample)) wrong.push(`in ${operation}`);
      }
      if (output !== undefined) {
        const sample = sampleOf(model, output) as object;
        if (!isSame(read(output)(through(plain.write(sample))), sample)) {
          wrong.push(`out ${operation}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(alike(one))) === JSON.stringify(sorted(alike(other)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, one]) => [name, sorted(one)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('refusals', () => {
  test('there is nothing where AWS has nothing', () => {
    expect(plainOperation('nothing', 'ListThings')).toBeUndefined();
    expect(plainOperation('sqs', 'constructor')).toBeUndefined();
    expect(plainOperation('kinesis', 'SubscribeToShard')?.streams).toBe(true);
  });

  test('members that the model does not have, and demands that do not hold, are refused', () => {
    const put = plainOperation('events', 'PutEvents');
    expect(() => put?.read({ Entries: [{ source: 'shop' }] })).toThrow('no member "source"');
    expect(() => put?.read({ Entries: [] })).toThrow("at 'entries'");
    expect(() => put?.read([])).toThrow('Start of list found');
  });

  test('codes and statuses are those that clients see', () => {
    const missing = new AwsError('ResourceNotFoundException', 'gone');
    expect(refusalIn('lambda', missing)).toEqual({ code: missing.code, status: 404 });
    expect(refusalIn('events', missing)).toEqual({ code: missing.code, status: 400 });
  });
});
