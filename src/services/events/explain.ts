/**
 * Why rules take an event and others do not: `POST /_millrace/v1/events/explain`, the event being
 * the body, as rules see it or as an entry of PutEvents. `bus` and `rule` in the query say of whom
 * to speak (without `bus` it is the entry's own), `account` and `region` where they are. Nothing
 * is delivered.
 *
 * Rules that match come first, then the others by how near they come.
 */
import { json, said } from '../../core/json-answer.ts';
import { jsonDepth, parseExact, withDigits } from '../../core/json-text.ts';
import type { Stack } from '../../delivery/stack.ts';
import { explain, type Mismatch, sentenceOf } from '../../event-patterns/explain.ts';
import { type Pattern, parsePattern } from '../../event-patterns/pattern.ts';
import type { RuleState } from '../../wire/types/events.ts';
import type { Route } from '../service.ts';
import { busAddress, busArn, ruleArn } from './arns.ts';
import { findBus } from './buses.ts';
import { buildEvent } from './event.ts';
import { type Rule, rulesOf, storeOf } from './store.ts';

export const EXPLAIN = '/_millrace/v1/events/explain';

interface Place {
  readonly account: string;
  readonly region: string;
}

export const explainEvent: Route = async (stack, request) => {
  if (request.method !== 'POST') return said(405, `${EXPLAIN} takes POST, not ${request.method}.`);
  const { settings } = stack;
  const asked = (name: string) => request.query.get(name) ?? undefined;
  const place = {
    account: asked('account') ?? settings.account,
    region: asked('region') ?? settings.region,
  };
  const body = objectIn(new TextDecoder().decode(request.body));
  const event = body && eventOf(stack, place, body);
  if (!event) return said(400, 'The body is neither an event nor an entry of PutEvents.');
  const bus = busAddress(place, asked('bus') ?? busOf(body));
  if (!(await findBus(stack, bus))) return said(404, `Event bus ${bus.name} does not exist.`);
  const rows = await storeOf(stack).rules.list(rulesOf(bus));
  const only = asked('rule');
  const rules = rows
    .map(({ value }) => value)
    .filter(({ name, pattern }) => pattern !== undefined && (only ?? name) === name)
    .map((rule) => verdict(rule, ruleArn(bus, rule.name), event))
    .sort((a, b) => (b.nearness ?? 2) - (a.nearness ?? 2));
  return json(200, { bus: busArn(bus), rules }, withDigits);
};

interface Verdict extends Partial<Mismatch> {
  readonly name: string;
  readonly arn: string;
  readonly state: RuleState;
  readonly matches: boolean;
  readonly because?: string;
}

/** Read once: many events are looked at by the same rules. */
const patterns = new WeakMap<Rule, Pattern>();

/** Why the rule's pattern does not match, whatever state the rule is in. */
export function mismatchOf(rule: Rule, event: object): Mismatch | undefined {
  const pattern = patterns.get(rule) ?? parsePattern(rule.pattern ?? '{}', 'events');
  patterns.set(rule, pattern);
  return explain(pattern, event);
}

function verdict(rule: Rule, arn: string, event: object): Verdict {
  const { name, state } = rule;
  const mismatch = mismatchOf(rule, event);
  const about = { name, arn, state };
  if (!mismatch) return { ...about, matches: true };
  return { ...about, matches: false, because: sentenceOf(mismatch), ...mismatch };
}

/** The bus that an entry of PutEvents names. */
function busOf({ EventBusName: name }: Given): string | undefined {
  return typeof name === 'string' ? name : undefined;
}

function eventOf(stack: Stack, { account, region }: Place, body: Given): object | undefined {
  if (typeof body.Detail !== 'string') return body;
  const { Source, DetailType, Resources } = body;
  return buildEvent({
    id: stack.ids.uuid(),
    account,
    region,
    source: String(Source ?? ''),
    detailType: String(DetailType ?? ''),
    resources: Array.isArray(Resources) ? Resources.map(String) : [],
    timeMs: stack.clock.nowMs(),
    detail: body.Detail,
  })?.value;
}

type Given = Readonly<Record<string, unknown>>;

function objectIn(text: string): Given | undefined {
  if (!jsonDepth(text)) return undefined;
  try {
    const value = parseExact(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
