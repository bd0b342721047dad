/**
 * Replays: describe, list, start and cancel. What a replay does step by step is in replaying.ts.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html
 */
import { parseArn } from '../../core/arn.ts';
import type {
  Operations,
  Replay as ReplayAnswer,
  StartReplayRequest,
} from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { busArn, namedArn, parseBusArn } from './arns.ts';
import { findBus, tooMany } from './buses.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import { firstStep } from './replaying.ts';
import { type Archive, partitionOf, type Replay, storeOf } from './store.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_AT_ONCE = 10;

export const StartReplay: Operation<Operations['StartReplay']> = (call, input) =>
  change(call.stack, async () => {
    const { replays } = storeOf(call.stack);
    const partition = partitionOf(call);
    const all = await replays.list(partition);
    const name = input.ReplayName;
    if (all.some(({ key }) => key === name)) {
      throw fault('ResourceAlreadyExistsException', `Replay ${name} already exists.`);
    }
    if (input.EventEndTime <= input.EventStartTime) {
      throw invalid('EventEndTime', 'EventStartTime must be before EventEndTime.');
    }
    const archive = await archiveOf(call, input.EventSourceArn);
    await checkDestination(call, input, archive);
    if (all.filter(({ value }) => isUnderWay(value)).length >= MOST_AT_ONCE) throw tooMany();
    const replay: Replay = {
      name,
      description: input.Description,
      archive: archive.name,
      archiveLog: archive.log,
      bus: archive.bus,
      destination: input.Destination,
      state: 'STARTING',
      startMs: input.EventStartTime,
      endMs: input.EventEndTime,
      id: call.stack.ids.uuid(),
      beganAtMs: call.stack.clock.nowMs(),
    };
    return {
      writes: [replays.put(partition, name, replay, 0), firstStep(call.stack, partition, replay)],
      answer: {
        ReplayArn: namedArn(call, 'replay', name),
        State: replay.state,
        ReplayStartTime: replay.beganAtMs,
      },
    };
  });

function invalid(parameter: string, reason: string) {
  return fault('ValidationException', `Parameter ${parameter} is not valid. Reason: ${reason}`);
}

async function archiveOf(call: Call, arn: string): Promise<Archive> {
  const parts = parseArn(arn);
  const name = parts?.resource.startsWith('archive/') ? parts.resource.slice(8) : undefined;
  if (name === undefined) throw invalid('EventSourceArn', 'Must contain an archive ARN.');
  const isMine = parts?.account === call.account && parts.region === call.region;
  const { archives } = storeOf(call.stack);
  const row = isMine ? await archives.get(partitionOf(call), name) : undefined;
  if (!row) throw invalid('EventSourceArn', `Archive ${name} does not exist.`);
  return row.value;
}

async function checkDestination(
  call: Call,
  { Destination: { Arn: arn } }: StartReplayRequest,
  archive: Archive,
): Promise<void> {
  if (arn === busArn(archive.bus)) return;
  const bus = parseBusArn(arn);
  if (!bus) throw invalid('Destination.Arn', 'Must contain an event bus ARN.');
  if (!(await findBus(call.stack, bus))) {
    throw fault('ResourceNotFoundException', `Event bus ${bus.name} does not exist.`);
  }
  throw invalid('Destination.Arn', 'Cross event bus replay is not permitted.');
}

export function isUnderWay({ state }: Replay): boolean {
  return state === 'STARTING' || state === 'RUNNING' || state === 'CANCELLING';
}

async function knownReplay(call: Call, name: string) {
  const row = await storeOf(call.stack).replays.get(partitionOf(call), name);
  if (row) return row;
  throw fault('ResourceNotFoundException', `Replay ${name} does not exist.`);
}

export const CancelReplay: Operation<Operations['CancelReplay']> = (call, input) =>
  change(call.stack, async () => {
    const { value: replay, version } = await knownReplay(call, input.ReplayName);
    if (replay.state !== 'STARTING' && replay.state !== 'RUNNING') {
      const message = `Replay ${replay.name} is not in a valid state for this operation.`;
      throw fault('IllegalStatusException', message);
    }
    const cancelling: Replay = { ...replay, state: 'CANCELLING' };
    const { replays } = storeOf(call.stack);
    return {
      writes: [replays.put(partitionOf(call), replay.name, cancelling, version)],
      answer: { ReplayArn: namedArn(call, 'replay', replay.name), State: 'CANCELLING' },
    };
  });

export const DescribeReplay: Operation<Operations['DescribeReplay']> = async (call, input) => {
  const { value: replay } = await knownReplay(call, input.ReplayName);
  return {
    ...describe(call, replay),
    ReplayArn: namedArn(call, 'replay', replay.name),
    Description: replay.description,
    Destination: replay.destination,
  };
};

export const ListReplays: Operation<Operations['ListReplays']> = async (call, input) => {
  const { NamePrefix: prefix, EventSourceArn: source, State: state } = input;
  if ([prefix, source, state].filter((filter) => filter !== undefined).length > 1) {
    const filters = 'State, EventSourceArn, or NamePrefix';
    const message = `At most one filter is allowed for ListReplays. Use either : ${filters}.`;
    throw fault('ValidationException', message);
  }
  const rows = await storeOf(call.stack).replays.list(partitionOf(call));
  const all = rows
    .map(({ value }) => value)
    .filter((replay) => replay.name.startsWith(prefix ?? ''))
    .filter((replay) => state === undefined || replay.state === state)
    .filter(({ archive }) => !source || namedArn(call, 'archive', archive) === source);
  const { items, NextToken } = listed(call, all, ({ name }) => name, input);
  return { Replays: items.map((replay) => describe(call, replay)), NextToken };
};

function describe(call: Call, replay: Replay): ReplayAnswer {
  return {
    ReplayName: replay.name,
    EventSourceArn: namedArn(call, 'archive', replay.archive),
    State: replay.state,
    StateReason: replay.stateReason,
    EventStartTime: replay.startMs,
    EventEndTime: replay.endMs,
    EventLastReplayedTime: replay.lastReplayedMs,
    ReplayStartTime: replay.beganAtMs,
    ReplayEndTime: replay.endedAtMs,
  };
}
