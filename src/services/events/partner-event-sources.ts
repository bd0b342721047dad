/**
 * Partner event sources: a partner offers one to a customer's account, the customer takes it up
 * with an event bus of the same name. Names are unique over all accounts of a Region.
 *
 * A pending source ends after two weeks. Nothing has to run for that: from then on nobody finds
 * it any more.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-saas.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type { EventSource, Operations } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { namedArn } from './arns.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import { type PartnerSource, partitionOf, storeOf } from './store.ts';

const PENDING_MS = 14 * 24 * 60 * 60 * 1000;

interface Found {
  readonly source: PartnerSource;
  readonly version: number;
}

/** The source of that name, unless it waited too long to be taken up. */
export async function findSource(
  stack: Stack,
  region: string,
  name: string,
): Promise<Found | undefined> {
  const row = await storeOf(stack).partnerSources.get(region, name);
  if (!row || isOver(stack, row.value)) return undefined;
  return { source: row.value, version: row.version };
}

function isOver(stack: Stack, { state, expiresAtMs }: PartnerSource): boolean {
  return state === 'PENDING' && (expiresAtMs ?? 0) <= stack.clock.nowMs();
}

/**
 * The writes on the source when a customer makes its bus (`ACTIVE`) or deletes it (`PENDING`).
 */
export async function sourceBehind(
  call: Call,
  bus: string,
  name: string,
  state: 'ACTIVE' | 'PENDING' = 'ACTIVE',
): Promise<readonly Write[]> {
  const found = await findSource(call.stack, call.region, name);
  const mine = found?.source.customer === call.account ? found : undefined;
  if (state === 'PENDING') {
    if (!mine) return [];
    if (mine.source.state !== 'DELETED') return [toState(call, mine, 'PENDING')];
    return [storeOf(call.stack).partnerSources.remove(call.region, name, mine.version)];
  }
  if (!mine) throw fault('ResourceNotFoundException', `Event source ${name} does not exist.`);
  if (bus !== name) {
    const reason = 'It must be the same as EventSourceName.';
    throw fault('ValidationException', `Parameter Name is not valid. Reason: ${reason}`);
  }
  if (mine.source.state !== 'PENDING') throw wrongState(mine.source);
  return [toState(call, mine, 'ACTIVE')];
}

function toState({ stack, region }: Call, found: Found, state: PartnerSource['state']): Write {
  const { source, version } = found;
  const expiresAtMs = state === 'PENDING' ? stack.clock.nowMs() + PENDING_MS : undefined;
  const changed = { ...source, state, expiresAtMs };
  return storeOf(stack).partnerSources.put(region, source.name, changed, version);
}

function wrongState({ name, state }: PartnerSource) {
  return fault('InvalidStateException', `Event source ${name} is in state ${state}.`);
}

// ------------------------------------------------------------- what partners do

export const CreatePartnerEventSource: Operation<Operations['CreatePartnerEventSource']> = (
  call,
  { Name: name, Account: customer },
) =>
  change(call.stack, async () => {
    const { partnerSources } = storeOf(call.stack);
    const row = await partnerSources.get(call.region, name);
    const free = !row || isOver(call.stack, row.value) || row.value.state === 'DELETED';
    if (!free) {
      const message = `Partner event source ${name} already exists.`;
      throw fault('ResourceAlreadyExistsException', message);
    }
    const nowMs = call.stack.clock.nowMs();
    const source: PartnerSource = {
      name,
      partner: call.account,
      customer,
      state: 'PENDING',
      createdAtMs: nowMs,
      expiresAtMs: nowMs + PENDING_MS,
    };
    return {
      writes: [partnerSources.put(call.region, name, source, row?.version ?? 0)],
      answer: { EventSourceArn: sourceArn(call, name) },
    };
  });

export const DeletePartnerEventSource: Operation<Operations['DeletePartnerEventSource']> = (
  call,
  { Name: name, Account: customer },
) =>
  change(call.stack, async () => {
    const found = await findSource(call.stack, call.region, name);
    if (found?.source.partner !== call.account || found.source.customer !== customer) {
      return { writes: [], answer: {} };
    }
    // The customer keeps its bus and sees that the source is gone.
    const remove = () =>
      storeOf(call.stack).partnerSources.remove(call.region, name, found.version);
    const taken = found.source.state === 'ACTIVE';
    return { writes: [taken ? toState(call, found, 'DELETED') : remove()], answer: {} };
  });

export const DescribePartnerEventSource: Operation<
  Operations['DescribePartnerEventSource']
> = async (call, { Name: name }) => {
  const source = await offered(call, name);
  return { Arn: sourceArn(call, source.name), Name: source.name };
};

export const ListPartnerEventSources: Operation<Operations['ListPartnerEventSources']> = async (
  call,
  input,
) => {
  const all = await sources(call, (source) => isOffered(call, source), input.NamePrefix);
  const { items, NextToken } = listed(call, all, ({ name }) => name, input);
  const PartnerEventSources = items.map(({ name }) => ({ Arn: sourceArn(call, name), Name: name }));
  return { PartnerEventSources, NextToken };
};

export const ListPartnerEventSourceAccounts: Operation<
  Operations['ListPartnerEventSourceAccounts']
> = async (call, input) => {
  const source = await offered(call, input.EventSourceName);
  const { items, NextToken } = listed(call, [source], ({ customer }) => customer, input);
  const PartnerEventSourceAccounts = items.map(({ customer, ...rest }) => ({
    Account: customer,
    CreationTime: rest.createdAtMs,
    ExpirationTime: rest.expiresAtMs,
    State: rest.state,
  }));
  return { PartnerEventSourceAccounts, NextToken };
};

function isOffered({ account }: Call, { partner, state }: PartnerSource): boolean {
  return partner === account && state !== 'DELETED';
}

async function offered(call: Call, name: string): Promise<PartnerSource> {
  const found = await findSource(call.stack, call.region, name);
  if (found && isOffered(call, found.source)) return found.source;
  throw fault('ResourceNotFoundException', `Partner event source ${name} does not exist.`);
}

// ------------------------------------------------------------- what customers do

export const ActivateEventSource: Operation<Operations['ActivateEventSource']> = (call, input) =>
  change(call.stack, async () => {
    const found = await received(call, input.Name);
    const bus = await storeOf(call.stack).buses.get(partitionOf(call), input.Name);
    if (found.source.state !== 'PENDING' || !bus) throw wrongState(found.source);
    return { writes: [toState(call, found, 'ACTIVE')], answer: {} };
  });

export const DeactivateEventSource: Operation<Operations['DeactivateEventSource']> = (
  call,
  input,
) =>
  change(call.stack, async () => {
    const found = await received(call, input.Name);
    if (found.source.state !== 'ACTIVE') throw wrongState(found.source);
    return { writes: [toState(call, found, 'PENDING')], answer: {} };
  });

export const DescribeEventSource: Operation<Operations['DescribeEventSource']> = async (
  call,
  input,
) => describe(call, (await received(call, input.Name)).source);

export const ListEventSources: Operation<Operations['ListEventSources']> = async (call, input) => {
  const isMine = ({ customer }: PartnerSource) => customer === call.account;
  const all = await sources(call, isMine, input.NamePrefix);
  const { items, NextToken } = listed(call, all, ({ name }) => name, input);
  return { EventSources: items.map((source) => describe(call, source)), NextToken };
};

async function received(call: Call, name: string): Promise<Found> {
  const found = await findSource(call.stack, call.region, name);
  if (found?.source.customer === call.account) return found;
  throw fault('ResourceNotFoundException', `Event source ${name} does not exist.`);
}

async function sources(
  { stack, region }: Call,
  among: (source: PartnerSource) => boolean,
  prefix = '',
): Promise<readonly PartnerSource[]> {
  const rows = await storeOf(stack).partnerSources.list(region);
  return rows
    .map(({ value }) => value)
    .filter((source) => source.name.startsWith(prefix) && !isOver(stack, source) && among(source));
}

function describe(call: Call, source: PartnerSource): EventSource {
  return {
    Arn: sourceArn(call, source.name),
    CreatedBy: source.name.split('/')[1],
    CreationTime: source.createdAtMs,
    ExpirationTime: source.expiresAtMs,
    Name: source.name,
    State: source.state,
  };
}

/** The ARN names no account: partner and customer share the source. */
function sourceArn({ region }: Call, name: string): string {
  return namedArn({ account: '', region }, 'event-source', name);
}
