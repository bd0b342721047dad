/**
 * An event's envelope, built as text once and shared by all that it is handed to.
 *
 * The detail goes in as the publisher wrote it, so that its numbers keep their digits; only white
 * space and repeated keys are lost.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
import { endOfValue, members, parseExact, verbatimObject } from '../../core/json-text.ts';

export interface Event {
  readonly id: string;
  /** The whole event as compact JSON. */
  readonly text: string;
  /** The whole event, parsed. */
  readonly value: Envelope;
  /** The event's own time: what archives and replays go by. */
  readonly timeMs: number;
}

export interface Envelope {
  readonly version: string;
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  readonly 'replay-name'?: string;
}

export interface Stamp {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  /** Precise to the second, as EventBridge keeps it; the rest is cut off. */
  readonly timeMs: number;
  /** JSON text of the detail. */
  readonly detail: string;
}

/** The event, or undefined when its detail is no JSON object within EventBridge's limits. */
export function buildEvent(stamp: Stamp): Event | undefined {
  const detail = verbatimObject(stamp.detail);
  if (!detail) return undefined;
  const { id, account, region, source, detailType, resources } = stamp;
  const timeMs = Math.floor(stamp.timeMs / 1000) * 1000;
  const time = textOfTime(timeMs);
  const text =
    `{"version":"0","id":"${id}","detail-type":${JSON.stringify(detailType)},` +
    `"source":${JSON.stringify(source)},"account":"${account}","time":"${time}",` +
    `"region":"${region}","resources":${JSON.stringify(resources)},"detail":${detail.text}}`;
  const value: Envelope = {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account,
    time,
    region,
    resources,
    detail: detail.value,
  };
  return { id, text, value, timeMs };
}

/** Reads back an event that stands as `text` in an archive or on its way to another bus. */
export function readEvent(text: string): Event {
  const value = parseExact(text) as Envelope;
  return { id: value.id, text, value, timeMs: Date.parse(value.time) };
}

/** The event as it comes out of a replay: the same, and it says so. */
export function replayed(event: Event, replay: string): Event {
  const text = `${event.text.slice(0, -1)},"replay-name":${JSON.stringify(replay)}}`;
  return { ...event, text, value: { ...event.value, 'replay-name': replay } };
}

/** The event with one more resource: the global endpoint that copied it. */
export function withResource(event: Event, arn: string): Event {
  const { text, value } = event;
  const place = members(text, 0).find(({ key }) => key === 'resources')?.at ?? 0;
  const end = endOfValue(text, place) - 1;
  const comma = value.resources.length > 0 ? ',' : '';
  const grown = `${text.slice(0, end)}${comma}${JSON.stringify(arn)}${text.slice(end)}`;
  return { ...event, text: grown, value: { ...value, resources: [...value.resources, arn] } };
}

let lastSecond = { timeMs: Number.NaN, text: '' };

/** `YYYY-MM-DDTHH:MM:SSZ`. Events of one second share it, so the last one is kept. */
function textOfTime(timeMs: number): string {
  if (lastSecond.timeMs !== timeMs) {
    lastSecond = { timeMs, text: `${new Date(timeMs).toISOString().slice(0, 19)}Z` };
  }
  return lastSecond.text;
}
