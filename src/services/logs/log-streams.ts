/** Log streams. When a stream had its first and last event is read from its log. */
import type { Stack } from '../../delivery/stack.ts';
import type { LogStream, Operations } from '../../wire/types/logs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import { type FoundGroup, knownGroup } from './log-groups.ts';
import {
  type GroupAddress,
  groupArn,
  newStream,
  type Stream,
  storeOf,
  streamsOf,
} from './store.ts';

export async function knownStream(
  { stack }: Call,
  { address }: FoundGroup,
  name: string,
): Promise<Stream> {
  const row = await storeOf(stack).streams.get(streamsOf(address), name);
  if (row) return row.value;
  throw fault('ResourceNotFoundException', 'The specified log stream does not exist.');
}

export const CreateLogStream: Operation<Operations['CreateLogStream']> = (call, input) =>
  change(call.stack, async () => {
    const { address } = await knownGroup(call, input.logGroupName);
    const { streams } = storeOf(call.stack);
    const name = input.logStreamName;
    if (await streams.get(streamsOf(address), name)) {
      const message = 'The specified log stream already exists';
      throw fault('ResourceAlreadyExistsException', message);
    }
    const stream = newStream(call.stack, address, name);
    return { writes: [streams.put(streamsOf(address), name, stream, 0)], answer: {} };
  });

export const DeleteLogStream: Operation<Operations['DeleteLogStream']> = (call, input) =>
  change(call.stack, async () => {
    const found = await knownGroup(call, input.logGroupName);
    const stream = await knownStream(call, found, input.logStreamName);
    const remove = storeOf(call.stack).streams.remove(streamsOf(found.address), stream.name);
    return { writes: [remove, { kind: 'trim', log: stream.log, keep: 0 }], answer: {} };
  });

export const DescribeLogStreams: Operation<Operations['DescribeLogStreams']> = async (
  call,
  input,
) => {
  const { logStreamNamePrefix: prefix, orderBy, descending } = input;
  if (prefix !== undefined && orderBy === 'LastEventTime') {
    const message = 'Cannot order by LastEventTime with a logStreamNamePrefix.';
    throw fault('InvalidParameterException', message);
  }
  const { address } = await knownGroup(call, input.logGroupIdentifier ?? input.logGroupName);
  const rows = await storeOf(call.stack).streams.list(streamsOf(address));
  const wanted = rows.filter(({ key }) => key.startsWith(prefix ?? ''));
  const all = await Promise.all(wanted.map(({ value }) => describe(call.stack, address, value)));
  if (orderBy === 'LastEventTime') {
    all.sort((a, b) => (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0));
  }
  if (descending) all.reverse();
  const { items, nextToken } = listed(call, all, (stream) => stream.logStreamName ?? '', input);
  return { logStreams: items, nextToken };
};

async function describe(
  { storage }: Stack,
  address: GroupAddress,
  stream: Stream,
): Promise<LogStream> {
  const { first, next, bytes } = await storage.bounds(stream.log);
  const [oldest] = first < next ? await storage.read(stream.log, { from: first, max: 1 }) : [];
  const [newest] = first < next ? await storage.read(stream.log, { from: next - 1, max: 1 }) : [];
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAtMs,
    arn: `${groupArn(address)}:log-stream:${stream.name}`,
    storedBytes: bytes,
    ...(oldest && { firstEventTimestamp: Number(oldest.key) }),
    ...(newest && { lastEventTimestamp: Number(newest.key), lastIngestionTime: newest.atMs }),
  };
}
