/** Buses, rules, archives and API destinations on the map, and where rules send what they take. */
import type { MapNode } from '../../admin-api/index.ts';
import type { MapPart, Place } from '../../delivery/lens.ts';
import { type DeclaredEdge, edgeOf, inShort, listed, nodeOf } from '../../delivery/map-parts.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { TagList, Target } from '../../wire/types/events.ts';
import { isShaped } from './addresses.ts';
import { connectionOf } from './api-destinations.ts';
import { type BusAddress, busArn, DEFAULT_BUS, namedArn, ruleArn } from './arns.ts';
import { findBus } from './buses.ts';
import { isUnderWay } from './replays.ts';
import { type Bus, partitionOf, type Rule, rulesOf, storeOf } from './store.ts';

interface Building {
  readonly nodes: MapNode[];
  readonly edges: DeclaredEdge[];
}

export async function map(stack: Stack, place: Place): Promise<MapPart> {
  const part: Building = { nodes: [], edges: [] };
  const named = (await storeOf(stack).buses.list(partitionOf(place))).map(({ key }) => key);
  const archives = new Map<string, string>();
  for (const { value } of await storeOf(stack).archives.list(partitionOf(place))) {
    const { name, log, retentionDays: days, pattern, bus } = value;
    const arn = namedArn(place, 'archive', name);
    archives.set(log, arn);
    const kept = days === 0 ? 'keeps events for ever' : `keeps events ${days} d`;
    const detail = listed(kept, pattern !== undefined && `pattern ${inShort(pattern)}`);
    part.nodes.push(nodeOf(arn, { state: 'ENABLED', detail }));
    named.push(bus.name);
  }
  for (const name of new Set([DEFAULT_BUS, ...named])) {
    const address = { ...place, name };
    const found = await findBus(stack, address);
    if (!found) continue;
    addBus(part, address, found.bus);
    for (const { value } of await storeOf(stack).rules.list(rulesOf(address))) {
      const archive = value.archiveLog === undefined ? undefined : archives.get(value.archiveLog);
      if (archive === undefined) addRule(part, address, value);
      else part.edges.push(archiveEdge(address, value, archive));
    }
  }
  await addReplays(stack, place, part);
  await addDestinations(stack, place, part);
  return part;
}

function addBus({ nodes, edges }: Building, address: BusAddress, bus: Bus): void {
  const arn = busArn(address);
  nodes.push(nodeOf(arn, { detail: bus.description, tags: recordOf(bus.tags) }));
  const deadLetters = bus.deadLetterConfig?.Arn;
  if (deadLetters) edges.push(edgeOf('dead-letter', [arn, deadLetters]));
}

function recordOf(tags: TagList): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

/** An archive's managed rule is part of the edge: it leads nowhere else. */
function archiveEdge(bus: BusAddress, { name, pattern = '' }: Rule, archive: string): DeclaredEdge {
  const via = ruleArn(bus, name);
  return edgeOf('archive', [busArn(bus), archive], { via, detail: inShort(pattern) });
}

function addRule({ nodes, edges }: Building, bus: BusAddress, rule: Rule): void {
  const { name, pattern, schedule, state, targets } = rule;
  const arn = ruleArn(bus, name);
  const off = state === 'DISABLED' ? state : undefined;
  const detail = listed(schedule, pattern !== undefined && inShort(pattern));
  nodes.push(nodeOf(arn, { state, detail, tags: recordOf(rule.tags) }));
  // What a schedule makes comes by the bus too.
  edges.push(edgeOf('rule', [busArn(bus), arn], { off }));
  for (const target of targets) {
    edges.push(edgeOf('target', [arn, target.Arn], { off, detail: detailOf(target) }));
    const deadLetters = target.DeadLetterConfig?.Arn;
    if (deadLetters) edges.push(edgeOf('dead-letter', [arn, deadLetters], { off }));
  }
}

function detailOf(target: Target): string {
  const { MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: seconds } =
    target.RetryPolicy ?? {};
  return listed(
    isShaped(target) && 'input is shaped',
    retries !== undefined && `retries ${retries}`,
    seconds !== undefined && `for ${seconds} s`,
  );
}

async function addReplays(stack: Stack, place: Place, { edges }: Building): Promise<void> {
  for (const { value } of await storeOf(stack).replays.list(partitionOf(place))) {
    if (!isUnderWay(value)) continue;
    const between = [namedArn(place, 'archive', value.archive), value.destination.Arn] as const;
    const via = namedArn(place, 'replay', value.name);
    edges.push(edgeOf('replay', between, { via, detail: value.state }));
  }
}

async function addDestinations(stack: Stack, place: Place, { nodes }: Building): Promise<void> {
  for (const { value } of await storeOf(stack).apiDestinations.list(partitionOf(place))) {
    const { arn, connectionArn, endpoint, method, ratePerSecond } = value;
    const connection = await connectionOf(stack, connectionArn);
    const state = connection?.value.state === 'AUTHORIZED' ? 'ACTIVE' : 'INACTIVE';
    const detail = `${method} ${inShort(endpoint)}, at most ${ratePerSecond} a second`;
    nodes.push(nodeOf(arn, { state, detail }));
  }
}
