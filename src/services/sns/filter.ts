/**
 * Filter policies: which messages a subscription wants.
 *
 * A policy looks at the message attributes or, with scope MessageBody, into the body. What it
 * sees is made once per message, however many subscriptions look at it.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
 */
import { jsonDepth } from '../../core/json-text.ts';
import type { Attribute } from '../../delivery/targets.ts';
import { matches } from '../../event-patterns/matches.ts';
import { type Pattern, parsePattern } from '../../event-patterns/pattern.ts';
import type { Subscription } from './store.ts';

export interface Filter {
  readonly scope: 'MessageAttributes' | 'MessageBody';
  readonly pattern: Pattern;
}

/** Throws a PatternError. */
export function parseFilter(policy: string, scope: string | undefined): Filter {
  return scope === 'MessageBody'
    ? { scope, pattern: parsePattern(policy, 'sns-body') }
    : { scope: 'MessageAttributes', pattern: parsePattern(policy, 'sns-attributes') };
}

export function filterOf({ attributes }: Subscription): Filter | undefined {
  const { FilterPolicy: policy, FilterPolicyScope: scope } = attributes;
  return policy === undefined ? undefined : parseFilter(policy, scope);
}

/**
 * Why a message is not delivered, as SNS's metrics name it (`NumberOfNotificationsFilteredOut-…`);
 * undefined when it is. https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export type Reason =
  | 'MessageAttributes'
  | 'NoMessageAttributes'
  | 'InvalidAttributes'
  | 'MessageBody'
  | 'InvalidMessageBody'
  | undefined;

/** A message as filter policies see it. */
export interface Content {
  readonly attributes: Readonly<Record<string, Attribute>> | undefined;
  /** What subscriptions of this protocol get. */
  readonly body: (protocol: string) => string;
}

export interface Seen {
  readonly reasonAgainst: (filter: Filter, protocol: string) => Reason;
  /** What the filter's pattern looks at; undefined when there is nothing that it could. */
  readonly viewOf: (filter: Filter, protocol: string) => object | undefined;
}

/** Looks at a message as often as it is asked to, and reads it once. */
export function seen(content: Content): Seen {
  let attributes: object | 'invalid' | undefined;
  const bodies = new Map<string, object | undefined>();
  const attributeView = () => {
    attributes ??= valuesOf(content.attributes ?? {});
    return attributes === 'invalid' ? undefined : attributes;
  };
  const bodyView = (protocol: string) => {
    const text = content.body(protocol);
    if (!bodies.has(text)) bodies.set(text, parseBody(text));
    return bodies.get(text);
  };
  return {
    viewOf: ({ scope }, protocol) =>
      scope === 'MessageAttributes' ? attributeView() : bodyView(protocol),
    reasonAgainst: ({ scope, pattern }, protocol) => {
      if (scope === 'MessageAttributes') {
        // Absence too asks for another attribute that is there:
        // https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
        if (content.attributes === undefined) return 'NoMessageAttributes';
        const view = attributeView();
        if (!view) return 'InvalidAttributes';
        return matches(pattern, view) ? undefined : 'MessageAttributes';
      }
      const view = bodyView(protocol);
      if (!view) return 'InvalidMessageBody';
      return matches(pattern, view) ? undefined : 'MessageBody';
    },
  };
}

/** The object in a message body; undefined when it holds none. */
function parseBody(text: string): object | undefined {
  if (!jsonDepth(text)) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Attributes as values that patterns know; binary ones are not looked at. */
function valuesOf(attributes: Readonly<Record<string, Attribute>>): object | 'invalid' {
  const values: [string, unknown][] = [];
  for (const [name, { DataType: type, StringValue: text = '' }] of Object.entries(attributes)) {
    if (type === 'String.Array') {
      const elements = elementsOf(text);
      if (!elements) return 'invalid';
      values.push([name, elements]);
    } else if (type.startsWith('String')) values.push([name, text]);
    else if (type.startsWith('Number')) values.push([name, Number(text)]);
  }
  return Object.fromEntries(values);
}

/** The strings, numbers, booleans and nulls of an array; undefined for a text that is none. */
function elementsOf(text: string): readonly unknown[] | undefined {
  try {
    const elements: unknown = JSON.parse(text);
    if (!Array.isArray(elements)) return undefined;
    return elements.filter((element) => typeof element !== 'object' || element === null);
  } catch {
    return undefined;
  }
}
