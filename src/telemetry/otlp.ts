/**
 * Spans, and how OTLP writes them as JSON: ids in hexadecimal, 64-bit numbers as text, members in
 * lowerCamelCase, kinds by number.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import { VERSION } from '../core/version.ts';

/** SpanKind. */
export const INTERNAL = 1;
export const SERVER = 2;
export const CLIENT = 3;
export const PRODUCER = 4;
export const CONSUMER = 5;

export type Value = string | number;
export type Attributes = Readonly<Record<string, Value | undefined>>;

export interface Link {
  readonly traceId: string;
  readonly spanId: string;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Of the resource that it is about: the same object for each span there. */
  readonly place: Attributes;
  readonly attributes: Attributes;
  readonly links: readonly Link[];
  /** Links that there were no places for. */
  readonly linksLeftOut: number;
  readonly events: SpanEvent[];
  /** Present where it has failed; says why. */
  readonly error?: string | undefined;
}

export interface SpanEvent {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: Attributes;
}

const SAMPLED = 1;
const STATUS_ERROR = 2;

/**
 * One request, as text, put together from texts: by way of objects a span took a third more, on
 * the thread that answers requests (bench/telemetry.ts).
 */
export function encodeSpans(resource: Attributes, spans: readonly Span[]): string {
  const about = {
    ...resource,
    ...{ 'service.version': VERSION, 'telemetry.sdk.name': 'millrace' },
    ...{ 'telemetry.sdk.language': 'nodejs', 'telemetry.sdk.version': VERSION },
  };
  const scope = JSON.stringify({ name: 'millrace', version: VERSION });
  const scopeSpans = `[{"scope":${scope},"spans":[${spans.map(spanText).join(',')}]}]`;
  const attributes = `[${pairs(about)}]`;
  return `{"resourceSpans":[{"resource":{"attributes":${attributes}},"scopeSpans":${scopeSpans}}]}`;
}

/** Ids are hexadecimal and need no escaping. */
function spanText(span: Span): string {
  const { traceId, spanId, parentId, name, kind, links, linksLeftOut, events, error } = span;
  let text = `{"traceId":"${traceId}","spanId":"${spanId}"`;
  if (parentId !== undefined) text += `,"parentSpanId":"${parentId}"`;
  text += `,"flags":${SAMPLED},"name":${JSON.stringify(name)},"kind":${kind}`;
  text += `,"startTimeUnixNano":"${nanoseconds(span.startMs)}"`;
  text += `,"endTimeUnixNano":"${nanoseconds(span.endMs)}"`;
  text += `,"attributes":[${placePairs(span.place)}${pairs(span.attributes)}]`;
  if (links.length > 0) text += `,"links":[${links.map(linkText).join(',')}]`;
  if (linksLeftOut > 0) text += `,"droppedLinksCount":${linksLeftOut}`;
  if (events.length > 0) text += `,"events":[${events.map(eventText).join(',')}]`;
  if (error !== undefined) {
    text += `,"status":{"code":${STATUS_ERROR},"message":${JSON.stringify(error)}}`;
  }
  return `${text}}`;
}

function linkText({ traceId, spanId }: Link): string {
  return `{"traceId":"${traceId}","spanId":"${spanId}"}`;
}

function eventText({ name, atMs, attributes }: SpanEvent): string {
  const about = `"name":${JSON.stringify(name)},"attributes":[${pairs(attributes)}]`;
  return `{"timeUnixNano":"${nanoseconds(atMs)}",${about}}`;
}

function nanoseconds(ms: number): string {
  return `${Math.max(0, Math.floor(ms))}000000`;
}

const placeTexts = new WeakMap<Attributes, string>();

/** With a comma behind them: each span has attributes of its own. */
function placePairs(place: Attributes): string {
  let text = placeTexts.get(place);
  if (text === undefined) {
    const all = pairs(place);
    text = all === '' ? '' : `${all},`;
    placeTexts.set(place, text);
  }
  return text;
}

function pairs(attributes: Attributes): string {
  let text = '';
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}{"key":${JSON.stringify(key)},"value":{${valueText(value)}}}`;
  }
  return text;
}

function valueText(value: Value): string {
  if (typeof value === 'string') return `"stringValue":${JSON.stringify(value)}`;
  return Number.isSafeInteger(value) ? `"intValue":"${value}"` : `"doubleValue":${value}`;
}
