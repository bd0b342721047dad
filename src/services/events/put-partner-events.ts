/**
 * PutPartnerEvents is PutEvents for partners: the entry's Source is a partner event source, and
 * the event goes to the bus of that name in the customer's account.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPartnerEvents.html
 */
import type { Operations, PutPartnerEventsRequestEntry } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { busArn } from './arns.ts';
import { type EntryPlan, missingArgument, putAll, refused } from './entries.ts';
import { buildEvent } from './event.ts';
import { findSource } from './partner-event-sources.ts';
import { dropped, openBus, publishFact, route } from './route.ts';

export const PutPartnerEvents: Operation<Operations['PutPartnerEvents']> = (call, input) =>
  putAll(call, input.Entries, (entry) => planEntry(call, entry));

async function planEntry(call: Call, entry: PutPartnerEventsRequestEntry): Promise<EntryPlan> {
  const { stack, region } = call;
  const missing = missingArgument(entry);
  if (missing) return missing;
  const { Source: name = '', DetailType: detailType = '', Detail: detail = '' } = entry;
  const found = await findSource(stack, region, name);
  if (found?.source.partner !== call.account) {
    return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  const { customer: account, state } = found.source;
  const event = buildEvent({
    id: stack.ids.uuid(),
    account,
    region,
    source: name,
    detailType,
    resources: entry.Resources ?? [],
    timeMs: entry.Time ?? stack.clock.nowMs(),
    detail,
  });
  if (!event) return refused('MalformedDetail', 'Detail is malformed.');

  const address = { account, region, name };
  const answer = { EventId: event.id };
  const published = publishFact(stack, busArn(address), event);
  if (state !== 'ACTIVE') {
    // The customer has no bus for it, or has switched it off: accepted, and dropped.
    const fact = dropped(stack, busArn(address), event, `SOURCE_${state}`);
    return { answer, writes: [...published, ...fact], items: [] };
  }
  const passage = { traceHeader: call.traceHeader, hops: 0, isForwarded: false };
  const { writes, items } = route(stack, await openBus(stack, address), event, passage);
  return { answer, writes: [...published, ...writes], items };
}
