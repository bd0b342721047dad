/**
 * PutEvents accepts up to ten entries; each succeeds or fails on its own.
 *
 * By the time the answer leaves, every accepted event is archived, and every delivery that it
 * causes is made or queued, in one commit. Nothing is matched later, so a rule sees exactly the
 * events put while it was enabled.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
import { tracedAs } from '../../core/trace-context.ts';
import type { Operations, PutEventsRequestEntry } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { denial } from './access.ts';
import { busAddress, busArn } from './arns.ts';
import { findBus } from './buses.ts';
import { activeBus, endpointWith } from './endpoints.ts';
import { type EntryPlan, missingArgument, putAll, refused } from './entries.ts';
import { fault } from './errors.ts';
import { buildEvent } from './event.ts';
import { dropped, type OpenBus, openBus, type Passage, publishFact, route } from './route.ts';
import type { Bus } from './store.ts';

export const PutEvents: Operation<Operations['PutEvents']> = async (call, input) => {
  const { EndpointId: id } = input;
  if (id !== undefined) return putThrough(call, id, input.Entries);
  const named = busesOf(call);
  return putAll(call, input.Entries, async (entry) =>
    planEntry(call, entry, await named(entry.EventBusName)),
  );
};

/**
 * What comes through a global endpoint is put in the Region that is active. Entries may name the
 * bus by its name or by either ARN.
 */
async function putThrough(call: Call, id: string, entries: readonly PutEventsRequestEntry[]) {
  const endpoint = await endpointWith(call.stack, call.account, id);
  if (!endpoint) throw fault('ResourceNotFoundException', `Endpoint ${id} does not exist.`);
  const { region } = activeBus(endpoint.value);
  const there = { ...call, region };
  const named = busesOf(there);
  return putAll(there, entries, async (entry) =>
    planEntry(there, entry, await named(busAddress(there, entry.EventBusName).name)),
  );
}

interface NamedBus {
  readonly arn: string;
  /** Undefined when there is no such bus. */
  readonly open: OpenBus | undefined;
  readonly bus: Bus | undefined;
}

/** Looks up the buses of one request, each once. */
function busesOf(call: Call): (nameOrArn: string | undefined) => Promise<NamedBus> {
  const known = new Map<string | undefined, NamedBus>();
  return async (nameOrArn) => {
    const named = known.get(nameOrArn) ?? (await find(call, nameOrArn));
    known.set(nameOrArn, named);
    return named;
  };
}

async function find({ stack, account, region }: Call, nameOrArn?: string): Promise<NamedBus> {
  const address = busAddress({ account, region }, nameOrArn);
  // A bus is put to in its own Region alone; from elsewhere it is as if it were not there.
  const found = address.region === region ? await findBus(stack, address) : undefined;
  const open = found && (await openBus(stack, address));
  return { arn: busArn(address), open, bus: found?.bus };
}

function planEntry(call: Call, entry: PutEventsRequestEntry, named: NamedBus): EntryPlan {
  const { stack } = call;
  const missing = missingArgument(entry);
  if (missing) return missing;
  const { Source: source = '', DetailType: detailType = '', Detail: detail = '' } = entry;
  if (source.startsWith('aws.')) {
    return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  const event = buildEvent({
    id: stack.ids.uuid(),
    account: call.account,
    region: call.region,
    source,
    detailType,
    resources: entry.Resources ?? [],
    timeMs: entry.Time ?? stack.clock.nowMs(),
    detail,
  });
  if (!event) return refused('MalformedDetail', 'Detail is malformed.');

  const answer = { EventId: event.id };
  const traceHeader = entry.TraceHeader ?? call.traceHeader;
  const traced = { ...tracedAs(traceHeader), again: call.again };
  const published = publishFact(stack, named.arn, event, call.traceHeader, traced);
  if (!named.open || !named.bus) {
    // As AWS does: accepted, and dropped.
    const fact = dropped(stack, named.arn, event, 'UNKNOWN_BUS');
    return { answer, writes: [...published, ...fact], items: [] };
  }
  const asked = { source, detailType, account: call.account };
  const denied = denial(stack, named.open.address, named.bus, call.account, asked);
  if (denied) return refused(denied.code, denied.message);

  const passage: Passage = { traceHeader, hops: 0, isForwarded: false };
  const { writes, items } = route(stack, named.open, event, passage);
  return { answer, writes: [...published, ...writes], items };
}
