/**
 * Valid input of any operation, made from AWS's descriptors: the soil in which mistakes are sown.
 *
 * Names come from small pools, so that requests meet what earlier ones made and the server's state
 * stays bounded. Nothing waits: a long poll that is held would look like a hang.
 */
import { readFileSync } from 'node:fs';
import type { Ids } from '../../../src/core/ids.ts';
import type {
  Reference,
  ServiceDescriptor,
  ShapeDescriptor,
} from '../../../src/wire/descriptor.ts';

export type Value = unknown;

const MODELS = new URL('../../../src/wire/models/', import.meta.url);
const loaded = new Map<string, ServiceDescriptor>();

export function describeService(name: string): ServiceDescriptor {
  let descriptor = loaded.get(name);
  if (!descriptor) {
    descriptor = JSON.parse(readFileSync(new URL(`${name}.json`, MODELS), 'utf8'));
    loaded.set(name, descriptor as ServiceDescriptor);
  }
  return descriptor as ServiceDescriptor;
}

const ACCOUNT = '111122223333';
const REGION = 'us-east-1';
const DEEPEST = 6;

export function pick<Item>(ids: Ids, items: readonly Item[]): Item {
  const item = items[Math.floor(ids.random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

export function sampleInput(ids: Ids, service: ServiceDescriptor, operation: string): Value {
  const input = service.operations[operation]?.input;
  return input === undefined ? {} : sample(ids, service, input, operation, 0);
}

function sample(
  ids: Ids,
  service: ServiceDescriptor,
  reference: Reference,
  name: string,
  depth: number,
): Value {
  const shapeName = typeof reference === 'string' ? reference : reference.shape;
  const shape = service.shapes[shapeName] ?? ({ type: shapeName } as ShapeDescriptor);
  const known = wellKnown(ids, name);
  if (known !== undefined && shape.type === 'string') return known;
  switch (shape.type) {
    case 'structure':
      return structure(ids, service, shape, depth);
    case 'list':
      return Array.from({ length: length(ids, shape) }, () =>
        sample(ids, service, shape.member ?? 'string', name.replace(/s$/, ''), depth + 1),
      );
    case 'map':
      return map(ids, service, shape, depth);
    default:
      return scalar(ids, shape, name);
  }
}

function structure(
  ids: Ids,
  service: ServiceDescriptor,
  shape: ShapeDescriptor,
  depth: number,
): Value {
  const required = new Set(shape.required);
  const chosen = Object.entries(shape.members ?? {}).filter(
    ([name]) => required.has(name) || (depth < DEEPEST && ids.random() < 0.4),
  );
  return Object.fromEntries(
    chosen.map(([name, member]) => [name, sample(ids, service, member, name, depth + 1)]),
  );
}

function map(ids: Ids, service: ServiceDescriptor, shape: ShapeDescriptor, depth: number): Value {
  const { key = 'string', value = 'string' } = shape;
  const entries = Array.from({ length: Math.floor(ids.random() * 3) }, () => {
    const name = String(sample(ids, service, key, 'key', depth + 1));
    return [name, sample(ids, service, value, name, depth + 1)];
  });
  return Object.fromEntries(entries.filter(([name]) => name !== 'ReceiveMessageWaitTimeSeconds'));
}

function length(ids: Ids, shape: ShapeDescriptor): number {
  const least = shape.min ?? 0;
  return Math.min(least + Math.floor(ids.random() * 3), shape.max ?? 3);
}

function scalar(ids: Ids, shape: ShapeDescriptor, name: string): Value {
  switch (shape.type) {
    case 'boolean':
      return ids.random() < 0.5;
    case 'integer':
    case 'long':
      if (name === 'WaitTimeSeconds') return 0;
      return Math.floor((shape.min ?? 0) + ids.random() * Math.min(shape.max ?? 10, 10));
    case 'float':
    case 'double':
      return ids.random() * 10;
    case 'timestamp':
      return 1_790_000_000 + Math.floor(ids.random() * 1_000_000);
    case 'blob':
      return Buffer.from(ids.hex(6)).toString('base64');
    default: {
      if (shape.enum) return pick(ids, shape.enum);
      const size = Math.max(shape.min ?? 1, Math.min(shape.max ?? 12, 12));
      return ids.hex(size).slice(0, size);
    }
  }
}

/** Members whose text has a meaning that the model does not tell. */
function wellKnown(ids: Ids, name: string): string | undefined {
  const n = Math.floor(ids.random() * 8);
  switch (name) {
    case 'QueueUrl':
      return `http://127.0.0.1/${ACCOUNT}/queue-${n}`;
    case 'QueueName':
      return n === 0 ? 'queue-0.fifo' : `queue-${n}`;
    case 'TopicArn':
    case 'TargetArn':
      return `arn:aws:sns:${REGION}:${ACCOUNT}:topic-${n}`;
    case 'Protocol':
      return pick(ids, ['sqs', 'http', 'email', 'sms']);
    case 'Arn':
    case 'Endpoint':
    case 'SourceArn':
    case 'DestinationArn':
    case 'EventSourceArn':
      return `arn:aws:sqs:${REGION}:${ACCOUNT}:queue-${n}`;
    case 'Name':
      return `topic-${n}`;
    case 'Rule':
      return `topic-${n}`;
    case 'EventBusName':
      return pick(ids, ['default', 'bus-1', `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/bus-1`]);
    case 'EventPattern':
    case 'FilterPolicy':
      return pick(ids, PATTERNS);
    case 'ScheduleExpression':
      return pick(ids, ['rate(5 minutes)', 'cron(0 12 * * ? *)']);
    case 'Detail':
    case 'Event':
      return JSON.stringify({ n, nested: { list: [1, 'two', null, { three: 3.5 }] } });
    case 'Id':
      return `id-${n}`;
    case 'Policy':
    case 'RedrivePolicy':
    case 'InputTransformer':
      return JSON.stringify({ Version: '2012-10-17', Statement: [], maxReceiveCount: n });
    default:
      return undefined;
  }
}

const PATTERNS = [
  '{"source":["shop"]}',
  '{"detail":{"n":[{"numeric":[">",3,"<=",7]}],"nested":{"list":[{"prefix":"t"}]}}}',
  '{"$or":[{"source":[{"wildcard":"s*p"}]},{"detail-type":[{"anything-but":["a","b"]}]}]}',
] as const;
