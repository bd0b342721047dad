/** Queues themselves: made, found, listed and deleted. */
import { arnOf } from '../../core/arn.ts';
import type { Write } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Call } from '../call.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import { accessTo } from './access.ts';
import { checkAttributes, REMOVABLE, unknownAttribute } from './attribute-rules.ts';
import { change } from './change.ts';
import { cooldowns } from './cooldowns.ts';
import { checkRange, fault, invalidParameter } from './errors.ts';
import { pollsOf } from './long-polls.ts';
import { forgetTasks } from './move-tasks.ts';
import {
  type Attributes,
  findQueue,
  noSuchQueue,
  type Queue,
  queueAt,
  queueRows,
  queuesOf,
  storageName,
} from './queue.ts';
import { effectiveAttributes } from './queue-attributes.ts';
import { addressOf, type QueueAddress, queueUrl } from './queue-urls.ts';
import { forgetAttempts } from './receive-attempts.ts';
import { withNumbers } from './redrive-policies.ts';
import { checkTags } from './tags.ts';

const COOLDOWN_MS = 60_000;
const MOST_LISTED = 1000;

const ALPHABET = 'alphanumeric characters, hyphens, or underscores';
const BAD_NAME = `Can only include ${ALPHABET}. 1 to 80 in length`;
const BAD_FIFO_NAME =
  `The name of a FIFO queue can only include ${ALPHABET}, ` +
  'must end with .fifo suffix and be 1 to 80 in length.';

/**
 * Making a queue that exists is no error when every attribute that is supplied has the value
 * that the queue has; tags are not compared.
 */
export const CreateQueue: Operation<Sqs.Operations['CreateQueue']> = async (call, input) => {
  const address = addressOf(call.account, call.region, input.QueueName);
  const supplied = (input.Attributes ?? {}) as Attributes;
  const fifo = checkName(input.QueueName, supplied);
  const { storage } = call.stack;
  return change(storage, async () => {
    const answer = { QueueUrl: queueUrl(call, address) };
    const existing = await queueAt(call.stack, address);
    const arn = arnOf('sqs', call.region, call.account, input.QueueName);
    const current = existing?.row.attributes ?? {};
    await checkAttributes(call.stack, { ...address, arn, fifo }, supplied, current);
    const attributes = withNumbers(supplied);
    if (existing) {
      checkSame(existing, attributes);
      return { writes: [], answer };
    }
    checkTags(input.QueueName, input.tags ?? {});
    await checkCooldown(call, address);
    return { writes: create(call, address, attributes, input.tags ?? {}), answer };
  });
};

function create(
  call: Call,
  address: QueueAddress,
  supplied: Attributes,
  tags: Readonly<Record<string, string>>,
): readonly Write[] {
  const nowMs = call.stack.clock.nowMs();
  const given = Object.entries(supplied).filter(
    ([name, value]) => value !== '' || !REMOVABLE.has(name),
  );
  const row = {
    id: call.stack.ids.hex(4),
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
    attributes: Object.fromEntries(given),
    tags,
  };
  return [
    queueRows(call.stack).put(address.partition, address.name, row, 0),
    // A send that raced with the deletion of a queue of this name may have left something.
    { kind: 'purge', queue: storageName(address), forget: true },
  ];
}

/** Whether the name and the attributes are those of a FIFO queue; refuses when they differ. */
function checkName(name: string, { FifoQueue: fifoQueue }: Attributes): boolean {
  if (fifoQueue !== undefined && fifoQueue !== 'true') throw unknownAttribute('FifoQueue');
  const fifo = fifoQueue === 'true';
  const bare = fifo ? name.replace(/\.fifo$/, '') : name;
  if (fifo && bare === name) throw invalidParameter('QueueName', name, BAD_FIFO_NAME);
  if (name.length > 80 || !/^[\w-]+$/.test(bare)) {
    throw invalidParameter('QueueName', name, fifo ? BAD_FIFO_NAME : BAD_NAME);
  }
  return fifo;
}

function checkSame(existing: Queue, supplied: Attributes): void {
  const actual = effectiveAttributes(existing);
  for (const [name, value] of Object.entries(supplied)) {
    if (sameValue(value, actual[name as Sqs.QueueAttributeName] ?? '')) continue;
    const same = 'A queue already exists with the same name';
    throw fault('QueueNameExists', `${same} and a different value for attribute ${name}`);
  }
}

/** Numbers and JSON are compared by what they mean. */
function sameValue(one: string, other: string): boolean {
  return one === other || canonical(one) === canonical(other);
}

function canonical(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (_key, value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return text;
  }
}

async function checkCooldown(call: Call, address: QueueAddress): Promise<void> {
  const { settings, clock } = call.stack;
  if (!settings.queueCooldowns) return;
  const deleted = await cooldowns(call.stack).get(address.partition, `delete/${address.name}`);
  if (deleted && deleted.value.atMs > clock.nowMs() - COOLDOWN_MS) {
    const wait = 'You must wait 60 seconds after deleting a queue before you can create another';
    throw fault('QueueDeletedRecently', `${wait} with the same name.`);
  }
}

export const DeleteQueue: Operation<Sqs.Operations['DeleteQueue']> = async (call, input) => {
  const { storage, settings, clock } = call.stack;
  const queue = await change(storage, async () => {
    const found = await findQueue(call, input.QueueUrl, 'sqs:DeleteQueue');
    const { partition, name, version } = found;
    const mark = { atMs: clock.nowMs() };
    const writes: Write[] = [
      queueRows(call.stack).remove(partition, name, version),
      { kind: 'purge', queue: found.storage, forget: true },
      ...(await forgetAttempts(call.stack, found)),
      ...(await forgetTasks(call.stack, found)),
    ];
    if (settings.queueCooldowns) {
      writes.push(cooldowns(call.stack).put(partition, `delete/${name}`, mark));
    }
    return { writes, answer: found };
  });
  pollsOf(call.stack).look(queue.storage);
  return {};
};

/** Of a queue of another account nobody learns whether it exists (observed). */
export const GetQueueUrl: Operation<Sqs.Operations['GetQueueUrl']> = async (call, input) => {
  const account = input.QueueOwnerAWSAccountId ?? call.account;
  const address = addressOf(account, call.region, input.QueueName);
  const queue = await queueAt(call.stack, address);
  if (queue && accessTo(call, queue, 'sqs:GetQueueUrl') === 'allow') {
    return { QueueUrl: queueUrl(call, address) };
  }
  if (account === call.account) throw noSuchQueue();
  const either = 'The specified queue does not exist or you do not have access to it.';
  throw fault('QueueDoesNotExist', either);
};

export const ListQueues: Operation<Sqs.Operations['ListQueues']> = async (call, input) => {
  const prefix = input.QueueNamePrefix ?? '';
  const all = await queuesOf(call.stack, call);
  const some = all.filter(({ name }) => name.startsWith(prefix));
  const { urls, token } = listed(call, some, input, [prefix]);
  if (urls.length === 0) return {};
  return { QueueUrls: urls, NextToken: token };
};

export const ListDeadLetterSourceQueues: Operation<
  Sqs.Operations['ListDeadLetterSourceQueues']
> = async (call, input) => {
  const queue = await findQueue(call, input.QueueUrl, 'sqs:ListDeadLetterSourceQueues');
  const sources = await sourcesOf(call, queue);
  const { urls, token } = listed(call, sources, input, [queue.arn]);
  return { queueUrls: urls, NextToken: token };
};

/** The queues whose dead letters go to `queue`. */
async function sourcesOf(call: Call, queue: Queue): Promise<readonly Queue[]> {
  const all = await queuesOf(call.stack, queue);
  return all.filter(({ redrive }) => redrive?.arn === queue.arn);
}

/** A page of URLs. Without `MaxResults` there are no pages: AWS then gives up to 1,000 at once. */
function listed(
  call: Call,
  all: readonly Queue[],
  input: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
  filters: readonly string[],
): { readonly urls: readonly string[]; readonly token: string | undefined } {
  const { MaxResults: max, NextToken: token } = input;
  checkRange('MaxResults', max, 1, MOST_LISTED, `Must be between 1 and ${MOST_LISTED}.`);
  const asked = [call.operation, call.account, call.region, ...filters];
  const question = { asked, limit: max ?? MOST_LISTED, token };
  const page = pageOf(all, ({ name }) => name, question);
  if (!page) throw invalidParameter('NextToken', token, 'Invalid or expired next token.');
  return {
    urls: page.items.map((queue) => queueUrl(call, queue)),
    token: max === undefined ? undefined : page.token,
  };
}
