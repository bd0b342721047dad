/**
 * Every operation of every service, through AWS's own client: its request is decoded to the input
 * that the client was given, and the client reads from our answer the output that we gave.
 *
 * What does not come out equal is listed in `known-mismatches.ts`, and the list is exact.
 */
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { describe, expect, test } from 'vitest';
import { member, modelOf, type ServiceModel } from '../../src/wire/models.ts';
import { services, type WireProtocol } from '../../src/wire/wire.ts';
import { type Client, type ClientPackage, clientPackage } from './clients.ts';
import { knownMismatches } from './known-mismatches.ts';
import { type Loopback, loopback } from './loopback.ts';
import { isEventStream, sampleOf } from './samples.ts';

/** Members that the client sets or replaces itself, whatever it is given. */
const SET_BY_CLIENT: Readonly<Record<string, readonly string[]>> = {
  // Sends the call to another host, signed with an algorithm that needs a native library.
  'events.PutEvents': ['EndpointId'],
};
/** S3's client hashes keys itself and checks checksums that the samples cannot have. */
const SET_BY_S3 = [
  'ChecksumMode',
  'SSECustomerKey',
  'SSECustomerKeyMD5',
  'CopySourceSSECustomerKey',
  'CopySourceSSECustomerKeyMD5',
];

interface Trip {
  readonly service: string;
  readonly model: ServiceModel;
  readonly api: ClientPackage;
  readonly client: Client;
  readonly loop: Loopback;
  /** What the client is told to speak, when it is told. */
  readonly protocol: WireProtocol | undefined;
  readonly mismatches: string[];
}

async function roundTrips(
  service: string,
  settings: object,
  protocol?: WireProtocol,
): Promise<readonly string[]> {
  const loop = loopback();
  const api = clientPackage(service);
  const client = api.client({ ...loop.settings, ...settings });
  const trip = { service, model: modelOf(service), api, client, loop, protocol, mismatches: [] };
  for (const operation of Object.keys(trip.model.operations)) await roundTrip(trip, operation);
  client.destroy();
  return trip.mismatches;
}

async function roundTrip(trip: Trip, operation: string): Promise<void> {
  const { service, model, api, client, loop, protocol, mismatches } = trip;
  const { input = '', output = '' } = model.operation(operation) ?? {};
  if ([input, output].some((name) => hasEventStream(model, name))) return;
  const given = without(sample(model, input), service, operation);
  const command = api.command(operation, asClient(model, input, given) as object);
  if (!command) {
    mismatches.push(`none ${operation}`);
    return;
  }
  loop.next = sample(model, output);
  delete loop.heard.input;
  const answer = await client.send(command).catch((cause: Error) => ({ cause: String(cause) }));
  const { routed, input: heard } = loop.heard;
  const isSpoken = protocol === undefined || routed?.protocol === protocol;
  const isRouted = isSpoken && routed?.service === service && routed.operation === operation;
  if (!isRouted || !isEqual(heard, given)) mismatches.push(`in ${operation}`);
  const { $metadata: _, ...seen } = answer as Record<string, unknown>;
  if (!isEqual(await read(seen), asClient(model, output, loop.next))) {
    mismatches.push(`out ${operation}`);
  }
}

function hasEventStream(model: ServiceModel, name: string): boolean {
  const members = Object.values(model.shape(name).members ?? {});
  return members.some((reference) => isEventStream(model, member(reference).shape));
}

function sample(model: ServiceModel, name: string): object {
  return name === '' ? {} : (sampleOf(model, name) as object);
}

function without(input: object, service: string, operation: string): object {
  const own = SET_BY_CLIENT[`${service}.${operation}`] ?? [];
  const names = new Set(service === 's3' ? [...own, ...SET_BY_S3] : own);
  return Object.fromEntries(Object.entries(input).filter(([name]) => !names.has(name)));
}

/** As clients hold it: moments are dates. */
function asClient(model: ServiceModel, name: string, value: unknown): unknown {
  const shape = model.shape(name);
  if (shape.type === 'timestamp') return new Date(value as number);
  if (shape.type === 'list') {
    const target = member(shape.member).shape;
    return (value as unknown[]).map((element) => asClient(model, target, element));
  }
  if (shape.type !== 'map' && !shape.members) return value;
  const members = Object.entries(value as object).map(([key, found]) => {
    const reference = shape.type === 'map' ? shape.value : shape.members?.[key];
    return [key, asClient(model, member(reference).shape, found)];
  });
  return Object.fromEntries(members);
}

/** Streams as their bytes. */
async function read(answer: Record<string, unknown>): Promise<object> {
  const members = Object.entries(answer).map(async ([name, value]) => {
    const stream = value as { transformToByteArray?: () => Promise<Uint8Array> } | null;
    const isStream = typeof stream?.transformToByteArray === 'function';
    return [name, isStream ? await stream?.transformToByteArray?.() : value] as const;
  });
  return Object.fromEntries(await Promise.all(members));
}

/** Bytes by content, texts of any class, moments to the second; undefined is absent. */
function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('base64')}`;
  if (value instanceof Date) return `moment ${Math.floor(value.getTime() / 1000)}`;
  if (value instanceof String) return String(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, found]) => found !== undefined);
  return Object.fromEntries(members.sort(byName).map(([key, found]) => [key, comparable(found)]));
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));
}

describe('every operation of', () => {
  test.each(services())('%s comes through its client unchanged', async (service) => {
    const settings = service === 'sqs' ? { md5: false } : {};
    const found = await roundTrips(service, settings);
    expect([...found].sort()).toEqual([...knownMismatches(service)].sort());
  });
});

describe('the other protocols of a service', () => {
  const others: [string, WireProtocol, object][] = [
    ['cloudwatch', 'rpc-v2-cbor', { protocol: AwsSmithyRpcV2CborProtocol }],
    ['cloudwatch', 'query', { protocol: AwsQueryProtocol }],
    ['sqs', 'query', { protocol: AwsQueryProtocol, md5: false }],
  ];

  test.each(others)('%s in %s comes through unchanged', async (service, protocol, settings) => {
    const { xmlNamespace, apiVersion: version, targetPrefix } = modelOf(service).facts;
    const protocolSettings = {
      defaultNamespace: service === 'sqs' ? 'com.amazonaws.sqs' : 'com.amazonaws.cloudwatch',
      serviceTarget: targetPrefix,
      xmlNamespace,
      version,
    };
    const found = await roundTrips(service, { ...settings, protocolSettings }, protocol);
    expect(found.filter((name) => !name.startsWith('none '))).toEqual([]);
  });
});
