/**
 * X-Ray's tracing header, `Root=1-…;Parent=…;Sampled=0;Lineage=…`, as requests and messages
 * carry it. SDKs send the one of the function that they run in, as it is; so two members make a
 * chain of functions visible: AWS's `Lineage` counts the visits to each function, and our own
 * `Cause` is the id of the invocation that the header was made for.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
import { hash } from 'node:crypto';
import type { Ids } from './ids.ts';

type Members = ReadonlyMap<string, string>;

/** The members of a header; empty for what is none. */
export function readTraceHeader(text: string | undefined): Members {
  const members = new Map<string, string>();
  for (const part of text?.split(';') ?? []) {
    const equals = part.indexOf('=');
    if (equals > 0) members.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return members;
}

function writeTraceHeader(members: Members): string {
  return [...members].map(([name, value]) => `${name}=${value}`).join(';');
}

const CAUSE = /;Cause=([0-9a-f-]{36})(?:;|$)/;

/** The invocation that made a request; undefined when no function did. */
export function causeOf(traceHeader: string | undefined): string | undefined {
  if (traceHeader === undefined) return undefined;
  return CAUSE.exec(traceHeader)?.[1];
}

/** `causes` of a fact about what was asked for under a header, as another edition of `again`. */
export function causesOf(
  traceHeader: string | undefined,
  again?: string,
): { causes?: readonly string[] } {
  const cause = causeOf(traceHeader);
  if (again !== undefined) return { causes: cause === undefined ? [again] : [cause, again] };
  return cause === undefined ? {} : { causes: [cause] };
}

export interface Visit {
  readonly functionArn: string;
  readonly requestId: string;
  readonly sampled: boolean;
  readonly nowMs: number;
}

/** The header that an invocation hands on, and how often its chain has visited the function. */
export function visit(
  ids: Ids,
  before: string | undefined,
  { functionArn, requestId, sampled, nowMs }: Visit,
): { readonly header: string; readonly visits: number } {
  const members = new Map(readTraceHeader(before));
  const lineage = readLineage(members.get('Lineage'));
  const who = hash('sha256', functionArn, 'hex').slice(0, 8);
  const visits = (lineage.get(who) ?? 0) + 1;
  lineage.set(who, visits);
  const root = members.get('Root') ?? newRoot(ids, nowMs);
  const header = new Map([
    ['Root', root],
    ['Parent', ids.hex(8)],
    ['Sampled', sampled ? '1' : (members.get('Sampled') ?? '0')],
    ['Lineage', [...lineage].map(([function_, count]) => `${function_}:${count}`).join('|')],
    ['Cause', requestId],
  ]);
  return { header: writeTraceHeader(header), visits };
}

/** The header as it goes on through a service in which Lambda does not follow a loop. */
export function withoutLineage(traceHeader: string): string {
  if (!traceHeader.includes('Lineage=')) return traceHeader;
  const members = new Map(readTraceHeader(traceHeader));
  members.delete('Lineage');
  return writeTraceHeader(members);
}

/**
 * The header of several things that are worked on together: their own where they are of one trace,
 * and else no more than the visits, so that a loop is found although a new trace begins.
 */
export function sharedTraceHeader(headers: readonly (string | undefined)[]): string | undefined {
  const [first] = headers;
  if (headers.every((header) => header === first)) return first;
  const roots = new Set(headers.map((header) => readTraceHeader(header).get('Root')));
  const leading = headers.find((header) => header?.includes('Lineage=')) ?? first;
  if (roots.size === 1) return leading;
  const lineage = readTraceHeader(leading).get('Lineage');
  return lineage === undefined ? undefined : `Lineage=${lineage}`;
}

/** The header on a request to the outside; none where it has what no header may have. */
export function asRequestHeader(traceHeader: string | undefined): Readonly<Record<string, string>> {
  if (traceHeader === undefined || !/^[\x20-\x7e]+$/.test(traceHeader)) return {};
  return { 'X-Amzn-Trace-Id': traceHeader };
}

/** A new trace. */
export function newRoot(ids: Ids, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${ids.hex(12)}`;
}

/** Functions further back in a chain than AWS's own header has room for. */
const MOST_LINES = 24;

function readLineage(text = ''): Map<string, number> {
  const lines = text.split('|').flatMap((line): [string, number][] => {
    const [who, count] = line.split(':');
    return who && /^\d{1,6}$/.test(count ?? '') ? [[who, Number(count)]] : [];
  });
  return new Map(lines.slice(-MOST_LINES));
}
