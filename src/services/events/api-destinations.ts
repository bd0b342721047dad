/**
 * API destinations: create, update, describe, list and delete. Whether one is active follows from
 * its connection.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
import { parseArn } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Stored } from '../../storage/collection.ts';
import type { ApiDestinationHttpMethod, Operations } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { namedArn } from './arns.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import { type ApiDestination, type Connection, partitionOf, storeOf } from './store.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const RATE_PER_SECOND = 300;

async function knownDestination(call: Call, name: string) {
  const row = await storeOf(call.stack).apiDestinations.get(partitionOf(call), name);
  if (row) return row;
  throw fault(
    'ResourceNotFoundException',
    `Failed to describe the api-destination(s). An api-destination '${name}' does not exist.`,
  );
}

/** The connection of an ARN; undefined when it is gone or has been made anew. */
export async function connectionOf(
  stack: Stack,
  arn: string,
): Promise<Stored<Connection> | undefined> {
  const parts = parseArn(arn);
  if (!parts) return undefined;
  const name = parts.resource.split('/')[1] ?? '';
  const row = await storeOf(stack).connections.get(partitionOf(parts), name);
  return row?.value.arn === arn ? row : undefined;
}

export const CreateApiDestination: Operation<Operations['CreateApiDestination']> = (call, input) =>
  change(call.stack, async () => {
    const { apiDestinations } = storeOf(call.stack);
    const name = input.Name;
    if (await apiDestinations.get(partitionOf(call), name)) {
      const message = `An api-destination '${name}' already exists.`;
      throw fault('ResourceAlreadyExistsException', message);
    }
    await checkConnection(call, input.ConnectionArn);
    checkEndpoint(call, input.InvocationEndpoint);
    const nowMs = call.stack.clock.nowMs();
    const destination: ApiDestination = {
      name,
      arn: namedArn(call, 'api-destination', `${name}/${call.stack.ids.uuid()}`),
      description: input.Description,
      connectionArn: input.ConnectionArn,
      endpoint: input.InvocationEndpoint,
      method: input.HttpMethod,
      ratePerSecond: input.InvocationRateLimitPerSecond ?? RATE_PER_SECOND,
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    };
    return {
      writes: [apiDestinations.put(partitionOf(call), name, destination, 0)],
      answer: await answerOf(call, destination),
    };
  });

async function checkConnection(call: Call, arn: string): Promise<void> {
  if (await connectionOf(call.stack, arn)) return;
  throw fault('ResourceNotFoundException', `Connection '${arn}' does not exist.`);
}

/** AWS wants https. Plain http is let through to this very machine, unless that is barred. */
function checkEndpoint({ stack }: Call, endpoint: string): void {
  // A star stands for a part of the path, which URLs may have.
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? '');
  const mayBeLocal = isLocal && stack.settings.privateTargets !== false;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && mayBeLocal)) return;
  const reason = 'It must be an https URL.';
  throw fault(
    'ValidationException',
    `Parameter InvocationEndpoint is not valid. Reason: ${reason}`,
  );
}

export const UpdateApiDestination: Operation<Operations['UpdateApiDestination']> = (call, input) =>
  change(call.stack, async () => {
    const { value: before, version } = await knownDestination(call, input.Name);
    if (input.ConnectionArn !== undefined) await checkConnection(call, input.ConnectionArn);
    if (input.InvocationEndpoint !== undefined) checkEndpoint(call, input.InvocationEndpoint);
    const destination: ApiDestination = {
      ...before,
      description: input.Description ?? before.description,
      connectionArn: input.ConnectionArn ?? before.connectionArn,
      endpoint: input.InvocationEndpoint ?? before.endpoint,
      method: input.HttpMethod ?? before.method,
      ratePerSecond: input.InvocationRateLimitPerSecond ?? before.ratePerSecond,
      modifiedAtMs: call.stack.clock.nowMs(),
    };
    const { apiDestinations } = storeOf(call.stack);
    return {
      writes: [apiDestinations.put(partitionOf(call), before.name, destination, version)],
      answer: await answerOf(call, destination),
    };
  });

export const DeleteApiDestination: Operation<Operations['DeleteApiDestination']> = (call, input) =>
  change(call.stack, async () => {
    const { key, version } = await knownDestination(call, input.Name);
    const { apiDestinations } = storeOf(call.stack);
    return { writes: [apiDestinations.remove(partitionOf(call), key, version)], answer: {} };
  });

export const DescribeApiDestination: Operation<Operations['DescribeApiDestination']> = async (
  call,
  input,
) => {
  const { value: destination } = await knownDestination(call, input.Name);
  return { ...(await summaryOf(call, destination)), Description: destination.description };
};

export const ListApiDestinations: Operation<Operations['ListApiDestinations']> = async (
  call,
  input,
) => {
  const { NamePrefix: prefix = '', ConnectionArn: connection } = input;
  const rows = await storeOf(call.stack).apiDestinations.list(partitionOf(call));
  const all = rows
    .map(({ value }) => value)
    .filter((one) => one.name.startsWith(prefix))
    .filter((one) => one.connectionArn === (connection ?? one.connectionArn));
  const { items, NextToken } = listed(call, all, ({ name }) => name, input);
  const ApiDestinations = await Promise.all(items.map((one) => summaryOf(call, one)));
  return { ApiDestinations, NextToken };
};

async function answerOf({ stack }: Call, destination: ApiDestination) {
  const connection = await connectionOf(stack, destination.connectionArn);
  const isActive = connection?.value.state === 'AUTHORIZED';
  return {
    ApiDestinationArn: destination.arn,
    ApiDestinationState: isActive ? ('ACTIVE' as const) : ('INACTIVE' as const),
    CreationTime: destination.createdAtMs,
    LastModifiedTime: destination.modifiedAtMs,
  };
}

async function summaryOf(call: Call, destination: ApiDestination) {
  return {
    ...(await answerOf(call, destination)),
    Name: destination.name,
    ConnectionArn: destination.connectionArn,
    InvocationEndpoint: destination.endpoint,
    HttpMethod: destination.method as ApiDestinationHttpMethod,
    InvocationRateLimitPerSecond: destination.ratePerSecond,
  };
}
