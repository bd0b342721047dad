/** Sending an event to a bus: `content` is the event, of which the publisher's part counts. */
import type { Send } from '../../admin-api/index.ts';
import { AwsError } from '../../core/errors.ts';
import type { Sending } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { badContent, type Members, membersOf } from '../send-content.ts';
import { DEFAULT_BUS, parseBusArn } from './arns.ts';
import { findBus } from './buses.ts';

/** Undefined for what is no bus. PutEvents takes an event for no bus, so it is looked for here. */
export async function sending(stack: Stack, send: Send): Promise<Sending | undefined> {
  const bus = parseBusArn(send.arn);
  if (!bus) return undefined;
  if (!(await findBus(stack, bus))) {
    throw new AwsError('ResourceNotFoundException', `Event bus ${bus.name} does not exist.`);
  }
  const isDefault = bus.name === DEFAULT_BUS;
  const entry = { ...(!isDefault && { EventBusName: bus.name }), ...entryOf(membersOf(send)) };
  return {
    form: 'event',
    operation: 'PutEvents',
    input: { Entries: [entry] },
    id: idOf,
    ...(!isDefault && { make: { operation: 'CreateEventBus', input: { Name: bus.name } } }),
  };
}

function entryOf(event: Members): Members {
  const { source, 'detail-type': type, detail, resources } = event;
  if (typeof source !== 'string') throw badContent('An event needs "source", a text.');
  if (typeof type !== 'string') throw badContent('An event needs "detail-type", a text.');
  if (detail === undefined) throw badContent('An event needs "detail", a JSON object.');
  const hasResources = Array.isArray(resources) && resources.length > 0;
  return {
    Source: source,
    DetailType: type,
    // As text it keeps digits that a number of JSON.parse has not.
    Detail: typeof detail === 'string' ? detail : JSON.stringify(detail),
    ...(hasResources && { Resources: resources }),
  };
}

/** Entries fail one by one, in an answer that is none of a failure. */
function idOf({ Entries }: Members): string {
  const [entry] = Entries as readonly Readonly<Record<string, string>>[];
  if (entry?.EventId !== undefined) return entry.EventId;
  throw new AwsError(entry?.ErrorCode ?? 'InternalFailure', entry?.ErrorMessage ?? '');
}
