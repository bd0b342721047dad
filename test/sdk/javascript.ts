/**
 * The AWS SDK for JavaScript behind the suite's interface. A client package is loaded when its
 * service is first called, because each costs a test file some 100 ms.
 */
import { readFileSync } from 'node:fs';
import type { Reference, ServiceDescriptor } from '../../src/wire/descriptor.ts';
import { type Caller, type Sdk, SdkFailure } from './suite.ts';

interface Client {
  send(command: object): Promise<object>;
  destroy(): void;
}

type Package = Readonly<Record<string, new (input: object) => Client>>;

/** The client of each service, by the name that the AWS CLI and our models give it. */
const CLIENTS: Readonly<Record<string, readonly [string, () => Promise<object>]>> = {
  dynamodb: ['DynamoDBClient', () => import('@aws-sdk/client-dynamodb')],
  sqs: ['SQSClient', () => import('@aws-sdk/client-sqs')],
  sns: ['SNSClient', () => import('@aws-sdk/client-sns')],
  events: ['EventBridgeClient', () => import('@aws-sdk/client-eventbridge')],
  kinesis: ['KinesisClient', () => import('@aws-sdk/client-kinesis')],
  lambda: ['LambdaClient', () => import('@aws-sdk/client-lambda')],
  logs: ['CloudWatchLogsClient', () => import('@aws-sdk/client-cloudwatch-logs')],
  dynamodbstreams: ['DynamoDBStreamsClient', () => import('@aws-sdk/client-dynamodb-streams')],
  sts: ['STSClient', () => import('@aws-sdk/client-sts')],
};

export class JavaScriptSdk implements Sdk {
  readonly #clients = new Map<string, Promise<Client>>();

  async call(caller: Caller, service: string, operation: string, input: object): Promise<object> {
    const [, load] = clientOf(service);
    const Command = ((await load()) as Package)[`${operation}Command`];
    if (!Command) throw new Error(`The SDK's ${service} client knows no ${operation}.`);
    const client = await this.#client(caller, service);
    try {
      const answer = await client.send(new Command(withDates(service, operation, input)));
      return plain(await whole(answer)) as object;
    } catch (cause) {
      throw failureOf(cause);
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) (await client).destroy();
  }

  #client(caller: Caller, service: string): Promise<Client> {
    const key = `${service}/${caller.account}/${caller.region}`;
    const made = this.#clients.get(key) ?? makeClient(caller, service);
    this.#clients.set(key, made);
    return made;
  }
}

async function makeClient({ endpoint, region, account }: Caller, service: string): Promise<Client> {
  const [name, load] = clientOf(service);
  const Client = ((await load()) as Package)[name];
  if (!Client) throw new Error(`The SDK's ${service} package has no ${name}.`);
  const credentials = { accessKeyId: account, secretAccessKey: 'test' };
  return new Client({ endpoint, region, credentials, maxAttempts: 1 });
}

function clientOf(service: string): readonly [string, () => Promise<object>] {
  const client = CLIENTS[service];
  if (!client) throw new Error(`test/sdk/javascript.ts has no client for ${service}.`);
  return client;
}

/** An answer whose stream of events has come to its end; a list can be iterated like a stream. */
async function whole(answer: object): Promise<object> {
  const members = Object.entries(answer).map(async ([name, member]) => {
    const isStream = Symbol.asyncIterator in Object(member);
    return [name, isStream ? await Array.fromAsync(member) : member] as const;
  });
  return Object.fromEntries(await Promise.all(members));
}

/** Answers hold epoch milliseconds where the SDK has Dates, and no members that are undefined. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => member !== undefined && name !== '$metadata')
      .map(([name, member]) => [name, plain(member)]),
  );
}

interface ServiceException {
  readonly name: string;
  readonly message: string;
  readonly Code?: string;
  readonly Error?: { readonly Code?: string };
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function failureOf(cause: unknown): unknown {
  const { name, message, Code, Error: error, $metadata } = cause as ServiceException;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return cause; // No answer at all: a broken connection, not a refusal.
  return new SdkFailure({ code: name, message, status, reported: Code ?? error?.Code ?? name });
}

// The SDK wants Dates where the models have timestamps, so inputs are walked by the model.

const descriptors = new Map<string, ServiceDescriptor>();

function descriptorOf(service: string): ServiceDescriptor {
  const known = descriptors.get(service);
  if (known) return known;
  const path = new URL(`../../src/wire/models/${service}.json`, import.meta.url);
  const read = JSON.parse(readFileSync(path, 'utf8')) as ServiceDescriptor;
  descriptors.set(service, read);
  return read;
}

function withDates(service: string, operation: string, input: object): object {
  const descriptor = descriptorOf(service);
  const shape = descriptor.operations[operation]?.input;
  return shape ? (dated(descriptor, shape, input) as object) : input;
}

function dated(descriptor: ServiceDescriptor, reference: Reference, value: unknown): unknown {
  const name = typeof reference === 'string' ? reference : reference.shape;
  const shape = descriptor.shapes[name];
  const type = shape?.type ?? name;
  if (type === 'timestamp' && typeof value === 'number') return new Date(value);
  if (!shape || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const member = shape.member;
    return member ? value.map((item) => dated(descriptor, member, item)) : value;
  }
  if (value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const member = shape.value ?? shape.members?.[key];
      return [key, member ? dated(descriptor, member, item) : item];
    }),
  );
}
