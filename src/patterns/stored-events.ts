/**
 * Events as rows: partition key `streamId`, sort key `version` (12 digits, so that text sorts as
 * numbers), and beside them `type`, `schemaVersion`, `data`, `metadata`, `occurredAt`, `commandId`.
 * Rows whose sort key begins with `SNAP#` are snapshots.
 *
 * An event is stored with the schema version it was written in, and never changed. Upcasters lift
 * old ones to today's shape when they are read.
 */
import { type Attributes, fromItem, type Image } from './attribute-values.ts';
import type { DomainEvent } from './decider.ts';

export interface StoredEvent<Type extends string = string, Data = unknown>
  extends DomainEvent<Type, Data> {
  readonly streamId: string;
  /** The event's place in its stream, from 1. */
  readonly version: number;
  readonly schemaVersion: number;
  /** ISO 8601: when it was appended. */
  readonly occurredAt: string;
  /** The command that it was appended with, when that has an id. */
  readonly commandId?: string | undefined;
}

/** Lifts an event to the next schema version of its type. */
export type Upcaster = (event: DomainEvent) => DomainEvent;

/**
 * By event type: the first upcaster lifts schema version 1 to 2, the second 2 to 3. New events
 * are stored in the version that the last one leads to.
 */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

const DIGITS = 12;
export const LAST_VERSION = 10 ** DIGITS - 1;

export function versionKey(version: number): string {
  return String(version).padStart(DIGITS, '0');
}

export function rowOf({ version, ...event }: StoredEvent): Attributes {
  return { ...event, version: versionKey(version) };
}

/** The event in a row or a stream record's image, in today's shape; undefined for a snapshot. */
export function eventOf(image: Image, upcasters: Upcasters): StoredEvent | undefined {
  const { version, ...stored } = fromItem(image);
  if (typeof version !== 'string' || !/^\d+$/.test(version)) return undefined;
  return upcast({ ...stored, version: Number(version) } as unknown as StoredEvent, upcasters);
}

function upcast(event: StoredEvent, upcasters: Upcasters): StoredEvent {
  const missing = stepsOf(event.type, upcasters).slice(event.schemaVersion - 1);
  let lifted: DomainEvent = event;
  for (const step of missing) lifted = step(lifted);
  const { type, data, metadata } = lifted;
  const schemaVersion = event.schemaVersion + missing.length;
  return { ...event, type, data, metadata, schemaVersion };
}

export function currentSchema(type: string, upcasters: Upcasters): number {
  return stepsOf(type, upcasters).length + 1;
}

function stepsOf(type: string, upcasters: Upcasters): readonly Upcaster[] {
  return Object.hasOwn(upcasters, type) ? (upcasters[type] ?? []) : [];
}
