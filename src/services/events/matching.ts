/**
 * The rules of a bus, compiled: which of them an event matches, and what then goes where.
 *
 * Compiled once per revision of the bus's rules: `Collection.list` answers with the same array
 * until one of them changes.
 */
import type { Delivery } from '../../delivery/targets.ts';
import { PatternError } from '../../event-patterns/error.ts';
import { compilePatterns } from '../../event-patterns/matcher.ts';
import { type Pattern, parsePattern } from '../../event-patterns/pattern.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Target } from '../../wire/types/events.ts';
import { destinationOf } from './addresses.ts';
import { type BusAddress, ruleArn } from './arns.ts';
import { fault } from './errors.ts';
import type { Envelope } from './event.ts';
import type { Rule } from './store.ts';

/** A rule that events can meet. */
export interface ActiveRule {
  readonly name: string;
  readonly arn: string;
  /** Set for the rule of an archive, which has nothing else to deliver to. */
  readonly archiveLog: string | undefined;
  /** Takes only what was put on this very bus. */
  readonly isReplication: boolean;
  readonly deliveries: readonly Outline[];
}

/** What is the same of every delivery to one target. */
export type Outline = Omit<Delivery, 'cause' | 'sinceMs' | 'hops' | 'traceHeader'>;

export interface Matcher {
  matching(event: Envelope): readonly ActiveRule[];
}

const matchers = new WeakMap<readonly Stored<Rule>[], Matcher>();

/** The matcher of the rules that `list` has of a bus. */
export function matcherOf(bus: BusAddress, list: readonly Stored<Rule>[]): Matcher {
  let matcher = matchers.get(list);
  if (!matcher) {
    matcher = compile(bus, list);
    matchers.set(list, matcher);
  }
  return matcher;
}

function compile(bus: BusAddress, list: readonly Stored<Rule>[]): Matcher {
  const active = list.flatMap(({ value: rule }) => {
    if (rule.state === 'DISABLED' || rule.pattern === undefined) return [];
    return [{ pattern: parsePattern(rule.pattern, 'events'), id: activeRule(bus, rule) }];
  });
  return compilePatterns(active);
}

export function activeRule(bus: BusAddress, rule: Rule): ActiveRule {
  const arn = ruleArn(bus, rule.name);
  const outlines = rule.archiveLog === undefined ? rule.targets : [];
  return {
    name: rule.name,
    arn,
    archiveLog: rule.targets.length > 0 ? rule.archiveLog : undefined,
    isReplication: rule.replicates !== undefined,
    deliveries: outlines.flatMap((target) => outline(bus, rule, arn, target)),
  };
}

function outline(bus: BusAddress, rule: Rule, arn: string, target: Target): readonly Outline[] {
  const destination = destinationOf(target);
  if (destination.kind !== 'built') return []; // PutTargets lets no such target in.
  const { account, region } = bus;
  const { RetryPolicy: retry, DeadLetterConfig: deadLetter } = target;
  const shape: Shape = {
    ruleName: rule.name,
    targetId: target.Id,
    input: target.Input,
    inputPath: target.InputPath,
    transformer: target.InputTransformer,
    group: target.SqsParameters?.MessageGroupId,
    replicates: rule.replicates,
  };
  return [
    {
      origin: 'events',
      sourceArn: arn,
      account,
      region,
      to: destination.address,
      shape: { ...shape },
      ...(retry && { retry: { ...retry } }),
      ...(deadLetter?.Arn && { deadLetterArn: deadLetter.Arn }),
    },
  ];
}

/** The origin's notes in `Delivery.shape`. */
export interface Shape {
  readonly ruleName: string;
  readonly targetId: string;
  readonly input?: string | undefined;
  readonly inputPath?: string | undefined;
  readonly transformer?: Target['InputTransformer'];
  /** Message group for a queue. */
  readonly group?: string | undefined;
  /** ARN of the global endpoint that the event is copied for. */
  readonly replicates?: string | undefined;
  /** When the event came to the bus, for templates that ask. */
  readonly ingestedAtMs?: number;
  /** Whether the event came to the bus through another bus's rule. */
  readonly isForwarded?: boolean;
}

/** Reads a pattern, or refuses it in AWS's words. */
export function checkPattern(text: string): Pattern {
  try {
    return parsePattern(text, 'events');
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause;
    const message = `Event pattern is not valid. Reason: ${cause.message}`;
    throw fault('InvalidEventPatternException', message);
  }
}
