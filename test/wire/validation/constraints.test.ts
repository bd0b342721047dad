import { describe, expect, test } from 'vitest';
import { modelOf } from '../../../src/wire/models.ts';
import { inputChecks } from '../../../src/wire/validation/constraints.ts';
import { explain, sentenceOf } from '../../../src/wire/validation/explain.ts';
import { operationsOf, services } from '../../../src/wire/wire.ts';
import { sampleOf } from '../samples.ts';

function sentence(service: string, shape: string, input: unknown): string | undefined {
  const model = modelOf(service);
  const holds = inputChecks(model, {})(shape)?.(input) ?? true;
  const failures = explain(model, {}, shape, input);
  expect(failures.length === 0).toBe(holds);
  return holds ? undefined : sentenceOf(failures);
}

const entry = { Source: 's', DetailType: 'd', Detail: '{}' };
const prefix = '1 validation error detected: Value';

describe('a broken demand is named as AWS names it', () => {
  test('a member that is missing', () => {
    expect(sentence('kinesis', 'CreateStreamInput', {})).toBe(
      `${prefix} null at 'streamName' failed to satisfy constraint: Member must not be null`,
    );
  });

  test('too few and too many', () => {
    expect(sentence('events', 'PutEventsRequest', { Entries: [] })).toBe(
      `${prefix} '[]' at 'entries' failed to satisfy constraint: ` +
        'Member must have length greater than or equal to 1',
    );
    const many = sentence('events', 'PutEventsRequest', { Entries: Array(11).fill(entry) });
    expect(many).toMatch(/'\[PutEventsRequestEntry\(time=null, source=s, .*\)\]' at 'entries'/);
    expect(many).toMatch(/: Member must have length less than or equal to 10$/);
  });

  test('a member of a list, counted from one', () => {
    const input = {
      Rule: 'r',
      Targets: [
        { Id: 'ok', Arn: 'a' },
        { Id: 'not ok', Arn: 'a' },
      ],
    };
    expect(sentence('events', 'PutTargetsRequest', input)).toBe(
      `${prefix} 'not ok' at 'targets.2.member.id' failed to satisfy constraint: ` +
        'Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+',
    );
  });

  test('a number out of range', () => {
    const input = { StreamName: 's', ShardCount: 0 };
    expect(sentence('kinesis', 'CreateStreamInput', input)).toBe(
      `${prefix} '0' at 'shardCount' failed to satisfy constraint: ` +
        'Member must have value greater than or equal to 1',
    );
  });

  test('a value that is not in the enum', () => {
    const input = { Name: 'r', ScheduleExpression: 'rate(1 day)', State: 'ON' };
    expect(sentence('events', 'PutRuleRequest', input)).toBe(
      `${prefix} 'ON' at 'state' failed to satisfy constraint: Member must satisfy enum value ` +
        'set: [ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]',
    );
  });

  test('scalars of a list, by what all of them must satisfy', () => {
    const input = { StreamName: 's', TagKeys: ['ok', ''] };
    expect(sentence('kinesis', 'RemoveTagsFromStreamInput', input)).toBe(
      `${prefix} '[ok, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy ` +
        'constraint: [Member must have length less than or equal to 128, ' +
        'Member must have length greater than or equal to 1]',
    );
  });

  test('keys and values of a map', () => {
    const input = { StreamName: 's', Tags: { Ab: 'x'.repeat(257) } };
    expect(sentence('kinesis', 'AddTagsToStreamInput', input)).toContain(
      "at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member",
    );
    const empty = { StreamName: 's', Tags: { '': 'x' } };
    expect(sentence('kinesis', 'AddTagsToStreamInput', empty)).toContain('Map keys must satisfy');
  });

  test('within a map, by its key as it stands', () => {
    const input = { RequestItems: { Orders: [{ PutRequest: {} }] } };
    expect(sentence('dynamodb', 'BatchWriteItemInput', input)).toContain(
      "Value null at 'requestItems.Orders.member.1.member.putRequest.item'",
    );
  });

  test('several at once', () => {
    const found = sentence('events', 'PutRuleRequest', { Name: 'a b', State: 'ON' });
    expect(found).toMatch(/^2 validation errors detected: Value 'a b' at 'name' .*; Value 'ON' at/);
  });

  test('what is sensitive, without its value', () => {
    const secret = 'a secret '.repeat(100);
    const model = modelOf('events');
    const [name] = Object.entries(model.shapes).find(
      ([, shape]) => shape.sensitive && shape.type === 'string' && shape.max,
    ) ?? [''];
    expect(name).not.toBe('');
    const printed = sentenceOf(explain(model, {}, name, secret));
    expect(printed).not.toContain('a secret');
  });
});

test('lengths are counted as Java counts them', () => {
  const name = '𐅑'.repeat(33);
  expect(sentence('events', 'PutRuleRequest', { Name: name })).toContain('length less than');
});

test('a member that a service checks itself is not demanded', () => {
  const unchecked = { members: new Set(['CreateStreamInput.StreamName']) };
  const check = inputChecks(modelOf('kinesis'), unchecked)('CreateStreamInput');
  expect(check?.({}) ?? true).toBe(true);
});

describe.each(services())('samples of %s', (service) => {
  const model = modelOf(service);
  const inputs = operationsOf(service).flatMap((name) => model.operation(name)?.input ?? []);

  test('satisfy their model, and nothing is explained', () => {
    for (const input of inputs)
      expect(sentence(service, input, sampleOf(model, input))).toBeFalsy();
  });

  test('break it without what is required', () => {
    for (const input of inputs) {
      const { required = [] } = model.shape(input);
      if (required.length > 0) expect(sentence(service, input, {})).toContain('must not be null');
    }
  });
});
