/**
 * When the items of a table expire: a row for each, in the order of those moments, so that a
 * sweep reads no more than what is due, and takes place only in minutes when something is.
 *
 * An item expires when its attribute, a number of seconds since the epoch, lies in the past, but
 * not if that is more than five years ago: such numbers mean something else.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
 */

import { schedule, TIMETABLE } from '../../delivery/schedule.ts';
import type { Stack } from '../../delivery/stack.ts';
import { type Item, memberOf } from '../../expressions/attribute-values.ts';
import type { Row, Write } from '../../storage/storage.ts';
import type { TableRecord } from './store.ts';
import type { StoredItem } from './stored-items.ts';

export const EXPIRIES = 'dynamodb/expiries';

const FIVE_YEARS_S = 5 * 365 * 24 * 3600;
/** Seconds of years that a clock can reach have no more digits. */
const DIGITS = 12;

type Expiring = Pick<TableRecord, 'id' | 'timeToLive'>;

/** One for each time that time to live is switched on. */
export function expiriesOf({ id, timeToLive }: Expiring): string {
  return `${id}/${timeToLive?.sinceMs}`;
}

export interface Changing {
  readonly table: TableRecord;
  readonly key: string;
  readonly before: StoredItem | undefined;
  readonly after: Item | undefined;
}

/** The writes by which a changed item's row is the right one, and is looked at in time. */
export function expiryWrites(
  stack: Stack,
  { table, key, before, after }: Changing,
): readonly Write[] {
  if (!table.timeToLive) return [];
  const old = before && placeOf(table, key, before.item());
  const fresh = after && placeOf(table, key, after);
  if (old === fresh) return [];
  const at = { table: EXPIRIES, partition: expiriesOf(table) };
  return [
    ...(old === undefined ? [] : [{ kind: 'remove', ...at, key: old } as const]),
    ...(fresh === undefined ? [] : [{ kind: 'put', ...at, key: fresh, value: '' } as const]),
    ...(fresh === undefined ? [] : [sweepSoon(stack, table, secondOf(fresh))]),
  ];
}

export const SWEEP = 'dynamodb/sweep';
const PAUSE_MS = 60_000;

export interface Sweep {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly id: string;
  readonly sinceMs: number | undefined;
}

/**
 * The write that has a table swept in the minute after `atS`, or after now. However many items
 * expire in one minute, it is swept once.
 */
export function sweepSoon(stack: Stack, table: TableRecord, atS: number): Write {
  const { account, region, name, id, timeToLive } = table;
  const nowMs = stack.clock.nowMs();
  const minute = Math.floor(Math.max(nowMs, atS * 1000) / PAUSE_MS) + 1;
  const sweep: Sweep = { account, region, name, id, sinceMs: timeToLive?.sinceMs };
  const untilMs = minute * PAUSE_MS;
  const job = schedule(stack, TIMETABLE, SWEEP, JSON.stringify(sweep), untilMs);
  return { ...job, dedup: { key: `${SWEEP} ${expiriesOf(table)} ${minute}`, nowMs, untilMs } };
}

function secondOf(place: string): number {
  return Number.parseInt(place, 10);
}

function placeOf(table: TableRecord, key: string, item: Item): string | undefined {
  const atS = expiryOf(table, item);
  return atS === undefined ? undefined : `${padded(atS)} ${key}`;
}

/** The second at which the item expires; undefined for one that never does. */
export function expiryOf({ timeToLive }: Expiring, item: Item): number | undefined {
  const value = timeToLive && memberOf(item, timeToLive.attribute);
  if (!value || !('N' in value)) return undefined;
  const atS = Math.floor(Number(value.N));
  return atS > 0 && atS < 10 ** DIGITS ? atS : undefined;
}

function padded(seconds: number): string {
  return String(Math.max(0, seconds)).padStart(DIGITS, '0');
}

/** Whether the item is over by now. */
export function isExpired(table: Expiring, item: Item, nowMs: number): boolean {
  const atS = expiryOf(table, item);
  return atS !== undefined && atS < nowMs / 1000 && atS >= nowMs / 1000 - FIVE_YEARS_S;
}

/** The stretch of rows whose moment has come. */
export function dueBounds(nowMs: number) {
  const nowS = Math.ceil(nowMs / 1000);
  return { after: padded(nowS - FIVE_YEARS_S - 1), before: padded(nowS) };
}

/** The key of the item that a row is about. */
export function itemKeyOf({ key }: Pick<Row, 'key'>): string {
  return key.slice(DIGITS + 1);
}
