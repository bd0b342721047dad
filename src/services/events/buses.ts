/**
 * Event buses. The default bus of every account and Region exists without having been made; it
 * gets a row when something is set on it.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { EventBus, Operations } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type BusAddress, busAddress, busArn, DEFAULT_BUS } from './arns.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import { sourceBehind } from './partner-event-sources.ts';
import { type Bus, partitionOf, rulesOf, storeOf } from './store.ts';

export interface FoundBus {
  readonly bus: Bus;
  /** 0 for a default bus that has no row yet. */
  readonly version: number;
}

const UNTOUCHED: FoundBus = {
  bus: { name: DEFAULT_BUS, tags: [], createdAtMs: 0, modifiedAtMs: 0 },
  version: 0,
};

export async function findBus(stack: Stack, address: BusAddress): Promise<FoundBus | undefined> {
  const row = await storeOf(stack).buses.get(partitionOf(address), address.name);
  if (row) return { bus: row.value, version: row.version };
  return address.name === DEFAULT_BUS ? UNTOUCHED : undefined;
}

/** The bus that the caller names, or AWS's refusal. */
export async function knownBus(
  call: Call,
  nameOrArn: string | undefined,
): Promise<FoundBus & { readonly address: BusAddress }> {
  const address = busAddress(call, nameOrArn);
  const found = isMine(call, address) ? await findBus(call.stack, address) : undefined;
  if (!found) {
    throw fault('ResourceNotFoundException', `Event bus ${address.name} does not exist.`);
  }
  return { ...found, address };
}

/** Buses are managed from their own account and Region alone. */
function isMine(call: Call, address: BusAddress): boolean {
  return address.account === call.account && address.region === call.region;
}

export const CreateEventBus: Operation<Operations['CreateEventBus']> = (call, input) =>
  change(call.stack, async () => {
    const { Name: name, EventSourceName: source } = input;
    const address = busAddress(call, name);
    if (await findBus(call.stack, address)) {
      throw fault('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    }
    if (source === undefined && name.includes('/')) {
      throw fault('ValidationException', "Event bus name must not contain '/'.");
    }
    const { buses } = storeOf(call.stack);
    const partition = partitionOf(call);
    const others = (await buses.list(partition)).filter(({ key }) => key !== DEFAULT_BUS);
    const most = call.stack.settings.quotas['events.busesPerAccount'];
    if (others.length + 1 >= most) throw tooMany(); // The default bus counts too.
    const nowMs = call.stack.clock.nowMs();
    const bus: Bus = {
      name,
      description: input.Description,
      kmsKeyIdentifier: input.KmsKeyIdentifier,
      deadLetterConfig: input.DeadLetterConfig,
      logConfig: input.LogConfig,
      eventSourceName: source,
      tags: input.Tags ?? [],
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    };
    const taken = source === undefined ? [] : await sourceBehind(call, name, source);
    return {
      writes: [buses.put(partition, name, bus, 0), ...taken],
      answer: { EventBusArn: busArn(address), ...settingsOf(bus) },
    };
  });

export function tooMany() {
  return fault(
    'LimitExceededException',
    'The requested resource exceeds the maximum number allowed.',
  );
}

export const UpdateEventBus: Operation<Operations['UpdateEventBus']> = (call, input) =>
  change(call.stack, async () => {
    const { bus, version, address } = await knownBus(call, input.Name);
    const updated: Bus = {
      ...bus,
      description: input.Description ?? bus.description,
      kmsKeyIdentifier: input.KmsKeyIdentifier ?? bus.kmsKeyIdentifier,
      deadLetterConfig: input.DeadLetterConfig ?? bus.deadLetterConfig,
      logConfig: input.LogConfig ?? bus.logConfig,
      modifiedAtMs: call.stack.clock.nowMs(),
    };
    return {
      writes: [putBus(call.stack, address, updated, version)],
      answer: { Arn: busArn(address), Name: bus.name, ...settingsOf(updated) },
    };
  });

export function putBus(stack: Stack, address: BusAddress, bus: Bus, version: number) {
  return storeOf(stack).buses.put(partitionOf(address), address.name, bus, version);
}

export const DeleteEventBus: Operation<Operations['DeleteEventBus']> = (call, input) =>
  change(call.stack, async () => {
    const { Name: name } = input;
    if (name === DEFAULT_BUS) {
      throw fault('ValidationException', 'Cannot delete event bus default.');
    }
    const address = busAddress(call, name);
    const found = await findBus(call.stack, address);
    if (!found) return { writes: [], answer: {} };
    const { buses, rules } = storeOf(call.stack);
    if ((await rules.list(rulesOf(address))).length > 0) {
      throw fault('ValidationException', "Event bus can't be deleted since it has rules.");
    }
    const source = found.bus.eventSourceName;
    const freed = source === undefined ? [] : await sourceBehind(call, name, source, 'PENDING');
    const remove = buses.remove(partitionOf(call), name, found.version);
    return { writes: [remove, ...freed], answer: {} };
  });

export const DescribeEventBus: Operation<Operations['DescribeEventBus']> = async (call, input) => {
  const { bus, address } = await knownBus(call, input.Name);
  return { ...describe(bus, address), ...settingsOf(bus) };
};

export const ListEventBuses: Operation<Operations['ListEventBuses']> = async (call, input) => {
  const rows = await storeOf(call.stack).buses.list(partitionOf(call));
  const stored = rows.map(({ value }) => value);
  const hasDefault = stored.some(({ name }) => name === DEFAULT_BUS);
  const all = (hasDefault ? stored : [...stored, UNTOUCHED.bus])
    .filter(({ name }) => name.startsWith(input.NamePrefix ?? ''))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, NextToken } = listed(call, all, ({ name }) => name, input);
  return { EventBuses: items.map((bus) => describe(bus, busAddress(call, bus.name))), NextToken };
};

function describe(bus: Bus, address: BusAddress): EventBus {
  return {
    Name: bus.name,
    Arn: busArn(address),
    Description: bus.description,
    Policy: bus.policy,
    // Nobody made an untouched default bus, so there is no moment to tell.
    CreationTime: bus.createdAtMs || undefined,
    LastModifiedTime: bus.modifiedAtMs || undefined,
  };
}

function settingsOf(bus: Bus) {
  return {
    Description: bus.description,
    KmsKeyIdentifier: bus.kmsKeyIdentifier,
    DeadLetterConfig: bus.deadLetterConfig,
    LogConfig: bus.logConfig,
  };
}
