/** Log groups, their retention and their protection from deletion. */
import { type Job, schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { LogGroup, Operations } from '../../wire/types/logs.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import {
  type Group,
  type GroupAddress,
  groupArn,
  parseGroupArn,
  partitionOf,
  storeOf,
  streamsOf,
} from './store.ts';

export interface FoundGroup {
  readonly address: GroupAddress;
  readonly group: Group;
  readonly version: number;
}

export async function findGroup(
  stack: Stack,
  address: GroupAddress,
): Promise<FoundGroup | undefined> {
  const row = await storeOf(stack).groups.get(partitionOf(address), address.name);
  return row && { address, group: row.value, version: row.version };
}

/** The group that the caller names, by name or ARN, or AWS's refusal. */
export async function knownGroup(call: Call, nameOrArn: string | undefined): Promise<FoundGroup> {
  if (nameOrArn === undefined) {
    const message = 'Either logGroupName or logGroupIdentifier must be specified.';
    throw fault('InvalidParameterException', message);
  }
  const { account, region } = call;
  const address = parseGroupArn(nameOrArn) ?? { account, region, name: nameOrArn };
  const isMine = address.account === account && address.region === region;
  const found = isMine ? await findGroup(call.stack, address) : undefined;
  if (found) return found;
  throw fault('ResourceNotFoundException', 'The specified log group does not exist.');
}

export const CreateLogGroup: Operation<Operations['CreateLogGroup']> = (call, input) =>
  change(call.stack, async () => {
    const { groups } = storeOf(call.stack);
    const partition = partitionOf(call);
    const name = input.logGroupName;
    if (await groups.get(partition, name)) {
      const message = 'The specified log group already exists';
      throw fault('ResourceAlreadyExistsException', message);
    }
    const group: Group = {
      name,
      kmsKeyId: input.kmsKeyId,
      groupClass: input.logGroupClass ?? 'STANDARD',
      isProtected: input.deletionProtectionEnabled,
      tags: input.tags ?? {},
      createdAtMs: call.stack.clock.nowMs(),
    };
    return { writes: [groups.put(partition, name, group, 0)], answer: {} };
  });

export const DeleteLogGroup: Operation<Operations['DeleteLogGroup']> = (call, input) =>
  change(call.stack, async () => {
    const { group, address, version } = await knownGroup(call, input.logGroupName);
    if (group.isProtected) {
      const message = 'The specified log group is protected from deletion.';
      throw fault('ValidationException', message);
    }
    const { groups, streams } = storeOf(call.stack);
    const rows = await streams.list(streamsOf(address));
    const emptied = rows.flatMap(({ key, value }): Write[] => [
      streams.remove(streamsOf(address), key),
      { kind: 'trim', log: value.log, keep: 0 },
    ]);
    const remove = groups.remove(partitionOf(address), group.name, version);
    return { writes: [remove, ...emptied], answer: {} };
  });

export const PutLogGroupDeletionProtection: Operation<
  Operations['PutLogGroupDeletionProtection']
> = (call, input) =>
  changeGroup(call, input.logGroupIdentifier, (group) => ({
    ...group,
    isProtected: input.deletionProtectionEnabled,
  }));

/** Commits the group as `revise` makes it, together with further writes if it wants any. */
export function changeGroup(
  call: Call,
  nameOrArn: string,
  revise: (group: Group) => Group,
  further: (group: Group, address: GroupAddress) => readonly Write[] = () => [],
) {
  return change(call.stack, async () => {
    const { group, address, version } = await knownGroup(call, nameOrArn);
    const revised = revise(group);
    const { groups } = storeOf(call.stack);
    const put = groups.put(partitionOf(address), group.name, revised, version);
    return { writes: [put, ...further(revised, address)], answer: {} };
  });
}

export const DescribeLogGroups: Operation<Operations['DescribeLogGroups']> = async (
  call,
  input,
) => {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
  if (prefix !== undefined && pattern !== undefined) {
    const message =
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.';
    throw fault('InvalidParameterException', message);
  }
  const { logGroupIdentifiers: identifiers, accountIdentifiers: accounts } = input;
  const named = identifiers?.map((text) => parseGroupArn(text)?.name ?? text);
  const isAsked = accounts === undefined || accounts.includes(call.account);
  const rows = isAsked ? await storeOf(call.stack).groups.list(partitionOf(call)) : [];
  const all = rows
    .map(({ value }) => value)
    .filter(({ name }) => name.startsWith(prefix ?? '') && name.includes(pattern ?? ''))
    .filter(({ name }) => named?.includes(name) ?? true)
    .filter(({ groupClass }) => groupClass === (input.logGroupClass ?? groupClass));
  const { items, nextToken } = listed(call, all, ({ name }) => name, input);
  const logGroups = await Promise.all(items.map((group) => describe(call, group)));
  return { logGroups, nextToken };
};

async function describe(call: Call, group: Group): Promise<LogGroup> {
  const { account, region, stack } = call;
  const address = { account, region, name: group.name };
  const rows = await storeOf(stack).streams.list(streamsOf(address));
  const bounds = await Promise.all(rows.map(({ value }) => stack.storage.bounds(value.log)));
  const arn = groupArn(address);
  return {
    logGroupName: group.name,
    creationTime: group.createdAtMs,
    retentionInDays: group.retentionDays,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    storedBytes: bounds.reduce((sum, { bytes }) => sum + bytes, 0),
    kmsKeyId: group.kmsKeyId,
    logGroupClass: group.groupClass,
    deletionProtectionEnabled: group.isProtected,
  };
}

// ---------------------------------------------------------------- retention

export const SWEEP_GROUP = 'logs/sweep-group';
const DAY_MS = 24 * 60 * 60 * 1000;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827],
  ...[2192, 2557, 2922, 3288, 3653],
];

export const PutRetentionPolicy: Operation<Operations['PutRetentionPolicy']> = (call, input) => {
  const { retentionInDays: retentionDays } = input;
  if (!RETENTION_DAYS.includes(retentionDays)) {
    const valid = RETENTION_DAYS.join(', ');
    const message = `Invalid retention value: ${retentionDays}. Valid: ${valid}`;
    throw fault('InvalidParameterException', message);
  }
  const retentionId = call.stack.ids.uuid();
  return changeGroup(
    call,
    input.logGroupName,
    (group) => ({ ...group, retentionDays, retentionId }),
    (group, address) => sweeping(call.stack, address, group),
  );
};

export const DeleteRetentionPolicy: Operation<Operations['DeleteRetentionPolicy']> = (
  call,
  input,
) =>
  changeGroup(call, input.logGroupName, (group) => ({
    ...group,
    retentionDays: undefined,
    retentionId: undefined,
  }));

interface Note {
  readonly address: GroupAddress;
  readonly retentionId: string;
}

/** The moment before which the group's events are gone; -Infinity when it keeps them for ever. */
export function keptSinceMs({ clock }: Stack, { retentionDays }: Group): number {
  if (retentionDays === undefined) return Number.NEGATIVE_INFINITY;
  return clock.nowMs() - retentionDays * DAY_MS;
}

function sweeping(stack: Stack, address: GroupAddress, { retentionId }: Group): readonly Write[] {
  if (retentionId === undefined) return [];
  const note: Note = { address, retentionId };
  const atMs = stack.clock.nowMs() + DAY_MS;
  return [schedule(stack, TIMETABLE, SWEEP_GROUP, JSON.stringify(note), atMs)];
}

/**
 * Frees, once a day, the room of what is past retention. Readers do not see such events anyway.
 */
export const sweepGroup: Job = async (stack, due) => {
  const { address, retentionId } = JSON.parse(due.note) as Note;
  const found = await findGroup(stack, address);
  if (found?.group.retentionId !== retentionId) return [];
  const rows = await storeOf(stack).streams.list(streamsOf(address));
  const beforeMs = keptSinceMs(stack, found.group);
  const trims = rows.map(({ value }): Write => ({ kind: 'trim', log: value.log, beforeMs }));
  return [...trims, ...sweeping(stack, address, found.group)];
};
