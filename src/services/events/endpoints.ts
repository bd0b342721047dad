/**
 * Global endpoints: one way to two buses of one name in two Regions. Events go to the primary one
 * as long as its health check is well, else to the secondary one.
 *
 * Replication is a managed rule on both buses that sends what comes to one to the other. A copy
 * carries the endpoint's ARN among its resources and is not sent on, so nothing goes in circles.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-global-endpoints.html
 */
import { arnOf } from '../../core/arn.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import type {
  EndpointEventBusList,
  Operations,
  ReplicationConfig,
  RoutingConfig,
} from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { type BusAddress, busArn, parseBusArn } from './arns.ts';
import { findBus, tooMany } from './buses.ts';
import { change, listed } from './change.ts';
import { fault } from './errors.ts';
import { type GlobalEndpoint, type Rule, rulesOf, storeOf } from './store.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_ENDPOINTS = 100;
/** Who manages the rules of replication is not documented. */
const MANAGER = 'events.amazonaws.com';
const ID_BYTES = 5;

interface Asked {
  readonly RoutingConfig: RoutingConfig;
  readonly ReplicationConfig: ReplicationConfig;
  readonly EventBuses: EndpointEventBusList;
  readonly RoleArn?: string | undefined;
}

function invalid(parameter: string, reason: string) {
  return fault('ValidationException', `Parameter ${parameter} is not valid. Reason: ${reason}`);
}

/** The two buses, the primary one first; refuses a pair that fails over to nowhere. */
async function busesOf(call: Call, asked: Asked): Promise<GlobalEndpoint['buses']> {
  const found = asked.EventBuses.map(({ EventBusArn: arn }) => parseBusArn(arn));
  const primary = found.find((bus) => bus?.region === call.region);
  const secondary = found.find((bus) => bus !== primary);
  if (!primary || !secondary || secondary.region === primary.region) {
    throw invalid('EventBuses', 'One must be in this Region and one in another.');
  }
  if (primary.name !== secondary.name) {
    throw invalid('EventBuses', 'The names of the event buses must match in each Region.');
  }
  if (asked.RoutingConfig.FailoverConfig.Secondary.Route !== secondary.region) {
    throw invalid('RoutingConfig', 'The secondary route must be the Region of an event bus.');
  }
  for (const bus of [primary, secondary]) {
    if (bus.account === call.account && (await findBus(call.stack, bus))) continue;
    throw fault('ResourceNotFoundException', `Event bus ${busArn(bus)} does not exist.`);
  }
  if (asked.ReplicationConfig.State !== 'DISABLED' && asked.RoleArn === undefined) {
    throw invalid('RoleArn', 'Event replication needs a role.');
  }
  return [primary, secondary];
}

export const CreateEndpoint: Operation<Operations['CreateEndpoint']> = (call, input) =>
  change(call.stack, async () => {
    const { clock, ids } = call.stack;
    const name = input.Name;
    const others = await endpointsIn(call, call.region);
    if (others.some((other) => other.name === name)) {
      throw fault('ResourceAlreadyExistsException', `Endpoint ${name} already exists.`);
    }
    if (others.length >= MOST_ENDPOINTS) throw tooMany();
    const asked = { ...input, ReplicationConfig: withState(input.ReplicationConfig) };
    const nowMs = clock.nowMs();
    const endpoint: GlobalEndpoint = {
      name,
      arn: endpointArn(call, call.region, name),
      id: `${ids.hex(ID_BYTES)}.veo`,
      description: input.Description,
      buses: await busesOf(call, asked),
      routing: input.RoutingConfig,
      replication: asked.ReplicationConfig,
      roleArn: input.RoleArn,
      isUnhealthy: false,
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    };
    const answer = { ...settingsOf(endpoint), Name: name, Arn: endpoint.arn };
    return { writes: [put(call, endpoint, 0), ...replicating(call, endpoint)], answer };
  });

function withState(config: ReplicationConfig | undefined): ReplicationConfig {
  return { State: config?.State ?? 'ENABLED' };
}

function put(call: Call, endpoint: GlobalEndpoint, version: number): Write {
  const { endpoints } = storeOf(call.stack);
  return endpoints.put(call.account, endpoint.arn, endpoint, version);
}

async function endpointsIn({ stack, account }: Call, region: string) {
  const rows = await storeOf(stack).endpoints.list(account);
  return rows.map(({ value }) => value).filter(({ buses }) => buses[0].region === region);
}

function endpointArn({ account }: Call, region: string, name: string): string {
  return arnOf('events', region, account, `endpoint/${name}`);
}

/** The rules by which each bus sends its own events to the other one, or their removal. */
function replicating(call: Call, endpoint: GlobalEndpoint): readonly Write[] {
  const { rules } = storeOf(call.stack);
  const [primary, secondary] = endpoint.buses;
  if (endpoint.replication.State === 'DISABLED') return notReplicating(call, endpoint);
  return [
    rules.put(rulesOf(primary), ruleName(endpoint), rule(call, endpoint, secondary)),
    rules.put(rulesOf(secondary), ruleName(endpoint), rule(call, endpoint, primary)),
  ];
}

function notReplicating({ stack }: Call, endpoint: GlobalEndpoint): readonly Write[] {
  const { rules } = storeOf(stack);
  return endpoint.buses.map((bus) => rules.remove(rulesOf(bus), ruleName(endpoint)));
}

function ruleName({ id }: GlobalEndpoint): string {
  return `GlobalEndpoint-${id}`;
}

function rule({ account }: Call, endpoint: GlobalEndpoint, to: BusAddress): Rule {
  const custom = [{ 'anything-but': { prefix: 'aws.' } }];
  return {
    name: ruleName(endpoint),
    pattern: JSON.stringify({ source: custom, 'replay-name': [{ exists: false }] }),
    state: 'ENABLED',
    managedBy: MANAGER,
    createdBy: account,
    replicates: endpoint.arn,
    targets: [{ Id: 'replica', Arn: busArn(to), RoleArn: endpoint.roleArn }],
    tags: [],
  };
}

async function known(call: Call, name: string, homeRegion = call.region) {
  const arn = endpointArn(call, homeRegion, name);
  const row = await storeOf(call.stack).endpoints.get(call.account, arn);
  if (row) return row;
  throw fault('ResourceNotFoundException', `Endpoint ${name} does not exist.`);
}

export const UpdateEndpoint: Operation<Operations['UpdateEndpoint']> = (call, input) =>
  change(call.stack, async () => {
    const { value: before, version } = await known(call, input.Name);
    const asked: Asked = {
      RoutingConfig: input.RoutingConfig ?? before.routing,
      ReplicationConfig: withState(input.ReplicationConfig ?? before.replication),
      EventBuses: input.EventBuses ?? settingsOf(before).EventBuses,
      RoleArn: input.RoleArn ?? before.roleArn,
    };
    const endpoint: GlobalEndpoint = {
      ...before,
      description: input.Description ?? before.description,
      buses: await busesOf(call, asked),
      routing: asked.RoutingConfig,
      replication: asked.ReplicationConfig,
      roleArn: asked.RoleArn,
      modifiedAtMs: call.stack.clock.nowMs(),
    };
    const writes = [...notReplicating(call, before), ...replicating(call, endpoint)];
    const { Description: _, ...answer } = describe(endpoint);
    return { writes: [put(call, endpoint, version), ...writes], answer };
  });

export const DeleteEndpoint: Operation<Operations['DeleteEndpoint']> = (call, input) =>
  change(call.stack, async () => {
    const { value: endpoint, version } = await known(call, input.Name);
    const { endpoints } = storeOf(call.stack);
    const remove = endpoints.remove(call.account, endpoint.arn, version);
    return { writes: [remove, ...notReplicating(call, endpoint)], answer: {} };
  });

export const DescribeEndpoint: Operation<Operations['DescribeEndpoint']> = async (call, input) =>
  summaryOf((await known(call, input.Name, input.HomeRegion)).value);

export const ListEndpoints: Operation<Operations['ListEndpoints']> = async (call, input) => {
  const { HomeRegion: region = call.region, NamePrefix: prefix = '', MaxResults, ...rest } = input;
  const all = (await endpointsIn(call, region)).filter(({ name }) => name.startsWith(prefix));
  const asked = { ...rest, region, prefix, Limit: MaxResults };
  const { items, NextToken } = listed(call, all, ({ name }) => name, asked);
  return { Endpoints: items.map(summaryOf), NextToken };
};

function settingsOf(endpoint: GlobalEndpoint) {
  return {
    RoutingConfig: endpoint.routing,
    ReplicationConfig: endpoint.replication,
    EventBuses: endpoint.buses.map((bus) => ({ EventBusArn: busArn(bus) })),
    RoleArn: endpoint.roleArn,
    State: 'ACTIVE' as const,
  };
}

function describe(endpoint: GlobalEndpoint) {
  return {
    ...settingsOf(endpoint),
    Name: endpoint.name,
    Description: endpoint.description,
    Arn: endpoint.arn,
    EndpointId: endpoint.id,
    EndpointUrl: `https://${endpoint.id}.endpoints.event.amazonaws.com`,
  };
}

function summaryOf(endpoint: GlobalEndpoint) {
  const { createdAtMs, modifiedAtMs } = endpoint;
  return { ...describe(endpoint), CreationTime: createdAtMs, LastModifiedTime: modifiedAtMs };
}

/** The endpoint with that id, which is unique over all Regions of an account. */
export async function endpointWith(stack: Stack, account: string, id: string) {
  const rows = await storeOf(stack).endpoints.list(account);
  return rows.find(({ value }) => value.id === id);
}

/** Where the endpoint's events go now. */
export function activeBus({ buses, isUnhealthy }: GlobalEndpoint): BusAddress {
  return isUnhealthy ? buses[1] : buses[0];
}
