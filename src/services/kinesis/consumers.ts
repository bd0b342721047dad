/**
 * Consumers with enhanced fan-out: registered for a stream, each with throughput of its own.
 * https://docs.aws.amazon.com/streams/latest/dev/enhanced-consumers.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type * as Wire from '../../wire/types/kinesis.ts';
import type { Call } from '../call.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import { checkAccess } from './access.ts';
import { type ConsumerAddress, consumerArn, parseConsumerArn, streamArn } from './arns.ts';
import { change } from './change.ts';
import { fault, invalid } from './errors.ts';
import { activeStream, type Found, findStream, knownStream, named, unchanged } from './lookup.ts';
import { type Consumer, storeOf } from './store.ts';
import { forgetting } from './subscriptions.ts';
import { checkTags } from './tag-rules.ts';

type Operations = Wire.Operations;

export interface FoundConsumer {
  readonly stream: Found;
  readonly row: Stored<Consumer>;
  readonly arn: string;
}

/** Consumers that may be CREATING at once. */
const MOST_CREATING = 5;

export const RegisterStreamConsumer: Operation<Operations['RegisterStreamConsumer']> = (
  call,
  input,
) =>
  change(call.stack, async () => {
    const { stack } = call;
    const stream = await activeStream(call, input);
    const { id } = stream.row.value;
    const { consumers } = storeOf(stack);
    const { ConsumerName: name, Tags: tags = {} } = input;
    checkTags(tags);
    const others = await consumers.list(id);
    if (others.some(({ key }) => key === name)) {
      const what = `Consumer ${name} under stream ${stream.address.name}`;
      const message = `${what} already exists for account ${stream.address.account}.`;
      throw fault('ResourceInUseException', message);
    }
    const nowMs = stack.clock.nowMs();
    checkRoom(stack, others, nowMs);
    const readyAtMs = nowMs + stack.settings.quotas['kinesis.transitionMs'];
    const consumer: Consumer = { name, createdAtMs: nowMs, readyAtMs, tags };
    return {
      // The stream must not be deleted meanwhile: a consumer of nothing would be left.
      writes: [unchanged(stream), consumers.put(id, name, consumer, 0)],
      answer: { Consumer: describe(stream, consumer, 'CREATING') },
    };
  });

function checkRoom(stack: Stack, others: readonly Stored<Consumer>[], nowMs: number): void {
  const most = stack.settings.quotas['kinesis.consumersPerStream'];
  if (others.length >= most) {
    const message = `A stream can have at most ${most} registered consumers.`;
    throw fault('LimitExceededException', message);
  }
  if (others.filter(({ value }) => value.readyAtMs > nowMs).length < MOST_CREATING) return;
  const message = 'Too many consumers are being registered at the same time.';
  throw fault('LimitExceededException', message);
}

export const DeregisterStreamConsumer: Operation<Operations['DeregisterStreamConsumer']> = (
  call,
  input,
) =>
  change(call.stack, async () => {
    const { stream, row } = await knownConsumer(call, input);
    const { consumers } = storeOf(call.stack);
    const { id } = stream.row.value;
    const forgotten = await forgetting(call.stack, stream.row.value, row.value);
    return { writes: [consumers.remove(id, row.key, row.version), ...forgotten], answer: {} };
  });

export const DescribeStreamConsumer: Operation<Operations['DescribeStreamConsumer']> = async (
  call,
  input,
) => {
  const { stream, row } = await knownConsumer(call, input);
  const status = statusOf(call.stack, row.value);
  return {
    ConsumerDescription: {
      ...describe(stream, row.value, status),
      StreamARN: streamArn(stream.address),
    },
  };
};

const PAGE = 100;

export const ListStreamConsumers: Operation<Operations['ListStreamConsumers']> = async (
  call,
  input,
) => {
  const stream = await knownStream(call, input);
  checkCreation(stream, input.StreamCreationTimestamp);
  const rows = await storeOf(call.stack).consumers.list(stream.row.value.id);
  const asked = [call.operation, stream.row.value.id];
  const { NextToken: token, MaxResults: limit = PAGE } = input;
  const page = pageOf(rows, ({ key }) => key, { asked, limit, token });
  if (!page) throw invalid('The NextToken is invalid.');
  return {
    Consumers: page.items.map(({ value }) => describe(stream, value, statusOf(call.stack, value))),
    NextToken: page.token,
  };
};

/** A stream that was deleted and made again is told from the first one by its creation. */
export function checkCreation(stream: Found, createdAtMs: number | undefined): void {
  if (createdAtMs === undefined) return;
  const seconds = (atMs: number) => Math.floor(atMs / 1000);
  if (seconds(createdAtMs) === seconds(stream.row.value.createdAtMs)) return;
  const { name, account } = named(stream);
  const message = `Stream ${name} under account ${account} was not created at that time.`;
  throw fault('ResourceNotFoundException', message);
}

function describe(
  { address }: Found,
  consumer: Consumer,
  status: Wire.ConsumerStatus,
): Wire.Consumer {
  const seconds = Math.floor(consumer.createdAtMs / 1000);
  const { name } = consumer;
  return {
    ConsumerName: name,
    ConsumerARN: consumerArn({ stream: address, consumer: name, createdAtSeconds: seconds }),
    ConsumerStatus: status,
    ConsumerCreationTimestamp: seconds * 1000,
  };
}

function statusOf({ clock }: Stack, { readyAtMs }: Consumer): Wire.ConsumerStatus {
  return clock.nowMs() < readyAtMs ? 'CREATING' : 'ACTIVE';
}

// ---------------------------------------------------------------- finding

interface ConsumerInput {
  readonly ConsumerARN?: string | undefined;
  readonly StreamARN?: string | undefined;
  readonly ConsumerName?: string | undefined;
  readonly StreamId?: string | undefined;
}

/** The consumer that a request names, by its own ARN or by its name and its stream. */
export async function knownConsumer(call: Call, input: ConsumerInput): Promise<FoundConsumer> {
  const { ConsumerARN: arn, StreamARN, StreamId, ConsumerName: name } = input;
  if (arn !== undefined) {
    const address = parseConsumerArn(arn);
    if (!address) throw invalid(`ConsumerARN ${arn} is not the ARN of a consumer.`);
    const found = await findConsumer(call.stack, address);
    if (!found || address.stream.region !== call.region) {
      throw consumerMissing(address.consumer, address.stream);
    }
    const { account } = address.stream;
    checkAccess(call, { arn, account, policy: found.row.value.policy });
    return found;
  }
  if (StreamARN === undefined || name === undefined) {
    throw invalid('Either ConsumerARN or both StreamARN and ConsumerName must be specified.');
  }
  const stream = await knownStream(call, { StreamARN, StreamId });
  const row = await storeOf(call.stack).consumers.get(stream.row.value.id, name);
  if (!row) throw consumerMissing(name, stream.address);
  const { ConsumerARN: own } = describe(stream, row.value, 'ACTIVE');
  return { stream, row, arn: own };
}

/** The same, when it can be used. */
export async function activeConsumer(call: Call, input: ConsumerInput): Promise<FoundConsumer> {
  const found = await knownConsumer(call, input);
  const { name, createdAtMs } = found.row.value;
  if (statusOf(call.stack, found.row.value) === 'ACTIVE') return found;
  const { address } = found.stream;
  // In AWS's words, as seen in awslabs/kinesis-hot-shard-advisor#37.
  throw fault(
    'ResourceInUseException',
    `Consumer ${name} with creation timestamp ${Math.floor(createdAtMs / 1000)} under stream: ` +
      `${address.name} , account ${address.account} is not in ACTIVE status.`,
  );
}

export async function findConsumer(
  stack: Stack,
  address: ConsumerAddress,
): Promise<FoundConsumer | undefined> {
  const stream = await findStream(stack, address.stream);
  if (!stream) return undefined;
  const row = await storeOf(stack).consumers.get(stream.row.value.id, address.consumer);
  const seconds = row && Math.floor(row.value.createdAtMs / 1000);
  if (!row || seconds !== address.createdAtSeconds) return undefined;
  return { stream, row, arn: consumerArn(address) };
}

function consumerMissing(
  name: string,
  stream: { readonly name: string; readonly account: string },
) {
  const message = `Consumer ${name} under stream ${stream.name} not found for account`;
  return fault('ResourceNotFoundException', `${message} ${stream.account}.`);
}
