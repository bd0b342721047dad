/**
 * Messages to one phone number or one app on one device, without a topic. They end in the outbox.
 */
import { causesOf } from '../../core/trace-header.ts';
import type { Call } from '../call.ts';
import { inRegion, readArn } from './arns.ts';
import { fault, invalid } from './errors.ts';
import { type Draft, draftOf, type Published } from './message.ts';
import { contentOf } from './notice.ts';
import { post } from './outbox.ts';
import { partitionOf, storeOf } from './store.ts';
import { platformOf } from './subscribers.ts';

interface Answer {
  readonly MessageId: string;
}

/** E.164: a plus sign and up to 15 digits. */
export const PHONE_NUMBER = /^\+[1-9]\d{1,14}$/;
/** "The total size limit for a single SMS Publish action is 1,600 characters." */
const MOST_SMS_CHARS = 1_600;

export async function publishToPhone(
  call: Call,
  number: string,
  published: Published,
): Promise<Answer> {
  if (!PHONE_NUMBER.test(number)) {
    throw invalid(`PhoneNumber Reason: ${number} is not valid to publish to`);
  }
  const draft = draftOf(published, maxBytes(call));
  const message = draft.variants?.sms ?? draft.message;
  if (message.length > MOST_SMS_CHARS) throw invalid('Message too long');
  const known = await storeOf(call.stack).phoneNumbers.get(partitionOf(call), number);
  const id = call.stack.ids.uuid();
  if (known?.value.optedOut) return dropped(call, id, number);
  return posted(call, id, 'sms', number, { draft, message, published });
}

export function isEndpointArn(arn: string): boolean {
  return arn.split(':')[5]?.startsWith('endpoint/') ?? false;
}

export async function publishToEndpoint(
  call: Call,
  arn: string,
  published: Published,
): Promise<Answer> {
  const { account, region, resource } = inRegion(call, readArn(arn, 'TargetArn'), 'TargetArn');
  const partition = `${account}/${region}`;
  const { endpoints, applications } = storeOf(call.stack);
  const found = await endpoints.get(partition, resource.slice('endpoint/'.length));
  if (!found) {
    throw invalid('TargetArn Reason: No endpoint found for the target arn specified');
  }
  const { attributes, application } = found.value;
  if (attributes.Enabled === 'false') throw fault('EndpointDisabled', 'Endpoint is disabled');
  const owner = await applications.get(partition, application);
  if (owner?.value.attributes.Enabled === 'false') {
    throw fault('PlatformApplicationDisabled', 'Platform application is disabled');
  }
  const draft = draftOf(published, maxBytes(call));
  const message = draft.variants?.[platformOf(arn)] ?? draft.message;
  return posted(call, call.stack.ids.uuid(), 'application', arn, { draft, message, published });
}

function maxBytes({ stack }: Call): number {
  return stack.settings.quotas['sns.messageBytes'];
}

interface Letter {
  readonly draft: Draft;
  readonly message: string;
  readonly published: Published;
}

async function posted(
  call: Call,
  id: string,
  protocol: string,
  endpoint: string,
  { draft, message, published }: Letter,
): Promise<Answer> {
  const { stack } = call;
  const atMs = stack.clock.nowMs();
  const { subject, attributes } = draft;
  const structure = published.MessageStructure;
  await stack.storage.commit([
    ...post(stack, call, {
      ...{ protocol, endpoint, messageId: id, message, subject, attributes, structure },
    }),
    ...stack.journal.record({
      ...{ kind: 'publish', id, arn: endpoint, atMs, note: protocol },
      ...causesOf(call.traceHeader, call.again),
      content: stack.journal.wantsContent() ? contentOf(draft) : undefined,
    }),
  ]);
  return { MessageId: id };
}

/** Somebody who wants no messages gets none; whoever publishes is not told. */
async function dropped(call: Call, id: string, number: string): Promise<Answer> {
  const { stack } = call;
  const fact = { id, arn: number, atMs: stack.clock.nowMs() };
  await stack.storage.commit([
    ...stack.journal.record({
      ...{ kind: 'publish', ...fact, note: 'sms' },
      ...causesOf(call.traceHeader, call.again),
    }),
    ...stack.journal.record({ kind: 'drop', ...fact, outcome: 'OPTED_OUT' }),
  ]);
  return { MessageId: id };
}
