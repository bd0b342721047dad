/**
 * Where a thing stands in a trace, as the journal keeps it: `<trace id>-<span id>-<mark>`.
 *
 * Ids are W3C's, 32 and 16 hexadecimal digits; X-Ray's root `1-<8>-<24>` is the same number with
 * dashes in it. The mark is `1` or `0` where the sender has said whether the trace is sampled,
 * empty where it has not, and `f` where the header is the one that a function of ours was given:
 * the span is that run of the function then, and the journal knows what led to it.
 * https://www.w3.org/TR/trace-context/#traceparent-header
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
import { causeOf } from './trace-header.ts';

export interface TraceContext {
  readonly traceId: string;
  readonly spanId?: string;
  /** Undefined where the sender leaves it to others. */
  readonly sampled?: boolean;
  /** Whether a function of ours handed the context on. */
  readonly isOwn: boolean;
  /** The span that led to this one, where this one is ours: the caller of a function. */
  readonly parentId?: string;
}

const PARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})\s*(?:;|$)/i;
const SPAN = /(?:^|;)\s*Parent=([0-9a-f]{16})\s*(?:;|$)/i;
const SAMPLED = /(?:^|;)\s*Sampled=([01])\s*(?:;|$)/;
const NOTHING = /^0*$/;

/** Texts a client may send are longer than any that says something. */
const MOST_CHARS = 1_024;

/**
 * The context that came with a message: W3C's `traceparent`, which instrumented clients put among
 * the attributes, before X-Ray's header, which is that of the request. Undefined without either.
 */
export function traceOf(header: string | undefined, parent?: string): string | undefined {
  if (parent !== undefined) {
    const said = ofParent(parent);
    if (said !== undefined) return said;
  }
  return header === undefined ? undefined : ofHeader(header);
}

/** The `trace` of a fact, to be spread into it. */
export function tracedAs(header: string | undefined, parent?: string): { readonly trace?: string } {
  if (header === undefined && parent === undefined) return NO_TRACE;
  const trace = traceOf(header, parent);
  return trace === undefined ? NO_TRACE : { trace };
}

const NO_TRACE = {};

function ofParent(text: string): string | undefined {
  const [, traceId = '', spanId = '', flags = '0'] = PARENT.exec(text) ?? [];
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  return `${traceId}-${spanId}-${Number.parseInt(flags, 16) & 1}`;
}

function ofHeader(header: string): string | undefined {
  if (header.length > MOST_CHARS) return undefined;
  const [, seconds, rest] = ROOT.exec(header) ?? [];
  if (seconds === undefined || rest === undefined) return undefined;
  const traceId = (seconds + rest).toLowerCase();
  if (NOTHING.test(traceId)) return undefined;
  const spanId = SPAN.exec(header)?.[1]?.toLowerCase() ?? '';
  const mark = causeOf(header) === undefined ? (SAMPLED.exec(header)?.[1] ?? '') : 'f';
  return `${traceId}-${spanId}-${mark}`;
}

/**
 * The context of a function's run: the span that it handed on in `given`, and the one that led to
 * it, where `before` is no header of a function of ours.
 */
export function traceOfRun(before: string | undefined, given: string): string | undefined {
  const own = readTrace(ofHeader(given));
  if (own?.spanId === undefined) return undefined;
  const asked = readTrace(traceOf(before));
  const isAsked = asked !== undefined && !asked.isOwn;
  const mark = isAsked && asked.sampled !== undefined ? Number(asked.sampled) : '';
  const parent = isAsked && asked.spanId !== undefined ? `-${asked.spanId}` : '';
  return `${own.traceId}-${own.spanId}-${mark}${parent}`;
}

/** Reads what the functions above have written. */
export function readTrace(text: string | undefined): TraceContext | undefined {
  if (text === undefined) return undefined;
  const [traceId = '', spanId, mark, parentId] = text.split('-');
  return {
    traceId,
    ...(spanId && { spanId }),
    ...((mark === '0' || mark === '1') && { sampled: mark === '1' }),
    isOwn: mark === 'f',
    ...(parentId && { parentId }),
  };
}
