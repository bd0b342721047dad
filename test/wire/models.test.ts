import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import lock from '../../src/wire/models/models.lock.json' with { type: 'json' };
import { member, modelOf } from '../../src/wire/models.ts';
import { operationsOf, services } from '../../src/wire/wire.ts';

const WIRE = new URL('../../src/wire/', import.meta.url);

describe('generated files', () => {
  test.each(Object.entries(lock.files))('%s is as it was generated', (name, hash) => {
    const text = readFileSync(new URL(name, WIRE));
    expect(createHash('sha256').update(text).digest('hex')).toBe(hash);
  });

  test('the notice names the version they come from', () => {
    const notice = readFileSync(new URL('../../NOTICE', import.meta.url), 'utf8');
    expect(notice).toContain(`botocore ${lock.botocore.version}`);
  });
});

describe.each(services())('the model of %s', (service) => {
  const model = modelOf(service);
  const scalars = /^(string|boolean|integer|long|float|double|timestamp|blob)$/;

  test('refers to shapes that exist', () => {
    const missing = Object.values(model.shapes).flatMap((shape) => {
      const parts = [shape.member, shape.key, shape.value, ...Object.values(shape.members ?? {})];
      const names = parts.filter((part) => part !== undefined).map((part) => member(part).shape);
      return names.filter((name) => !(name in model.shapes) && !scalars.test(name));
    });
    expect(missing).toEqual([]);
  });

  test('names members by no property that every object has', () => {
    const names = Object.values(model.shapes).flatMap(({ members = {} }) =>
      Object.entries(members).flatMap(([name, reference]) => [
        name,
        member(reference).name ?? name,
      ]),
    );
    expect(names.filter((name) => name in {})).toEqual([]);
  });

  test('has operations with shapes and errors', () => {
    for (const name of operationsOf(service)) {
      const { input, output, errors = [] } = model.operation(name) ?? {};
      for (const shape of [input, output, ...errors]) {
        if (shape !== undefined) expect(model.shape(shape).type).toBe('structure');
      }
    }
  });
});

test('twenty-four services have some fifteen hundred operations', () => {
  expect(services()).toHaveLength(24);
  const count = services().reduce((sum, service) => sum + operationsOf(service).length, 0);
  expect(count).toBeGreaterThan(1500);
});
