/**
 * Bringing one event to one bus: to its archives, and on its way to the targets of each rule
 * that it matches. Plans only; the caller commits it together with what else belongs to it.
 */
import { causesOf, withoutLineage } from '../../core/trace-header.ts';
import type { Item } from '../../delivery/deliver.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Write } from '../../storage/storage.ts';
import { addressFor } from './addresses.ts';
import { type BusAddress, busArn } from './arns.ts';
import type { Event } from './event.ts';
import { type ActiveRule, type Matcher, matcherOf, type Shape } from './matching.ts';
import { rulesOf, storeOf } from './store.ts';

/** A bus with its rules as they are now. */
export interface OpenBus {
  readonly address: BusAddress;
  readonly arn: string;
  readonly matcher: Matcher;
}

export async function openBus(stack: Stack, address: BusAddress): Promise<OpenBus> {
  const rules = await storeOf(stack).rules.list(rulesOf(address));
  return { address, arn: busArn(address), matcher: matcherOf(address, rules) };
}

/** How an event comes to a bus. */
export interface Passage {
  readonly traceHeader?: string | undefined;
  /** Hand-overs behind it. */
  readonly hops: number;
  readonly isForwarded: boolean;
  /** The rules that may take it; all of them when absent. */
  readonly only?: ReadonlySet<string> | undefined;
}

export interface Routed {
  readonly writes: readonly Write[];
  /** For `deliver`. */
  readonly items: readonly Item[];
}

export function route(stack: Stack, bus: OpenBus, event: Event, passage: Passage): Routed {
  const matched = bus.matcher.matching(event.value);
  const { only, isForwarded } = passage;
  const takes = ({ arn, isReplication }: ActiveRule) =>
    only?.has(arn) ?? !(isReplication && isForwarded);
  const rules = only || isForwarded ? matched.filter(takes) : matched;
  if (rules.length === 0) {
    return { writes: dropped(stack, bus.arn, event, 'NO_RULES_MATCHED'), items: [] };
  }
  const writes: Write[] = [];
  const items: Item[] = [];
  for (const rule of rules) {
    writes.push(...matchFact(stack, rule, event));
    if (rule.archiveLog !== undefined) writes.push(archived(stack, rule.archiveLog, event));
    items.push(...itemsOf(stack, rule, event, passage));
  }
  return { writes, items };
}

/** One delivery for each target of the rule. */
export function itemsOf(
  stack: Stack,
  rule: ActiveRule,
  event: Event,
  passage: Passage,
): readonly Item[] {
  const nowMs = stack.clock.nowMs();
  const { hops, isForwarded } = passage;
  // Loops of functions are found through SQS, SNS and S3, but not through EventBridge:
  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
  const traceHeader = passage.traceHeader && withoutLineage(passage.traceHeader);
  return rule.deliveries.map((outline) => {
    const came: Partial<Shape> = { ingestedAtMs: nowMs, isForwarded };
    const delivery = {
      ...outline,
      to: addressFor(outline.to, event.text),
      shape: { ...outline.shape, ...came },
      cause: event.id,
      sinceMs: nowMs,
      hops,
      ...(traceHeader !== undefined && { traceHeader }),
    };
    return { delivery, body: event.text };
  });
}

function archived(stack: Stack, log: string, event: Event): Write {
  const record = { atMs: stack.clock.nowMs(), key: String(event.timeMs), body: event.text };
  return { kind: 'append', log, record };
}

export function matchFact(stack: Stack, rule: ActiveRule, event: Event): readonly Write[] {
  if (!stack.journal.on) return [];
  const atMs = stack.clock.nowMs();
  return stack.journal.record({
    kind: 'match',
    id: event.id,
    arn: rule.arn,
    atMs,
    note: rule.name,
  });
}

export function dropped(
  stack: Stack,
  arn: string,
  event: Event,
  outcome: string,
): readonly Write[] {
  const atMs = stack.clock.nowMs();
  return stack.journal.record({ kind: 'drop', id: event.id, arn, atMs, outcome });
}

/**
 * Tells the journal that an event came to be. What led to it is what it says itself, where the
 * convention puts it, in `detail.metadata.causationId`, or else the function that has put it.
 */
export function publishFact(
  stack: Stack,
  arn: string,
  event: Event,
  traceHeader?: string,
  { again, ...traced }: { readonly trace?: string; readonly again?: string | undefined } = {},
): readonly Write[] {
  if (!stack.journal.on) return [];
  const { detail, 'detail-type': note } = event.value;
  const { metadata } = detail as { readonly metadata?: { readonly causationId?: unknown } };
  const said = metadata?.causationId;
  // A run may have worked on a batch; an event that names its own cause belongs to that alone.
  const others = again === undefined ? [] : [again];
  const { causes } =
    typeof said === 'string' ? { causes: [said, ...others] } : causesOf(traceHeader, again);
  return stack.journal.record({
    kind: 'publish',
    id: event.id,
    arn,
    atMs: stack.clock.nowMs(),
    note,
    ...(causes && { causes }),
    ...traced,
    content: { form: 'event', json: event.text },
  });
}
