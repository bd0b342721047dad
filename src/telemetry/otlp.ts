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

export type Value = string | number | readonly string[];
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

/** One request, as text. */
export function encodeSpans(resource: Attributes, spans: readonly Span[]): string {
  const scope = { name: 'millrace', version: VERSION };
  const scopeSpans = [{ scope, spans: spans.map(spanJson) }];
  const about = {
    ...resource,
    ...{ 'service.version': VERSION, 'telemetry.sdk.name': 'millrace' },
    ...{ 'telemetry.sdk.language': 'nodejs', 'telemetry.sdk.version': VERSION },
  };
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: pairs(about) }, scopeSpans }],
  });
}

function spanJson(span: Span) {
  const { traceId, spanId, parentId, name, kind, links, linksLeftOut, events, error } = span;
  return {
    ...{ traceId, spanId, parentSpanId: parentId, flags: SAMPLED, name, kind },
    startTimeUnixNano: nanoseconds(span.startMs),
    endTimeUnixNano: nanoseconds(span.endMs),
    attributes: pairs(span.attributes),
    ...(links.length > 0 && { links }),
    ...(linksLeftOut > 0 && { droppedLinksCount: linksLeftOut }),
    ...(events.length > 0 && { events: events.map(eventJson) }),
    ...(error !== undefined && { status: { code: STATUS_ERROR, message: error } }),
  };
}

function eventJson({ name, atMs, attributes }: SpanEvent) {
  return { timeUnixNano: nanoseconds(atMs), name, attributes: pairs(attributes) };
}

function nanoseconds(ms: number): string {
  return `${Math.max(0, Math.floor(ms))}000000`;
}

function pairs(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: valueJson(value) }],
  );
}

function valueJson(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value !== 'number') {
    return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
  }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
