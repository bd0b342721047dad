/** Archives and replays. */
import type { Published } from './tail.ts';

/** `GET /archives?account=&region=` */
export interface Archives {
  readonly archives: readonly ArchiveSummary[];
  readonly replays: readonly Replay[];
}

export interface ArchiveSummary {
  readonly arn: string;
  readonly name: string;
  /** Its ARN, as everywhere here. */
  readonly bus: string;
  readonly state: string;
  readonly events: number;
  readonly bytes: number;
  readonly retentionDays: number;
  readonly pattern?: string;
}

export interface Replay {
  readonly name: string;
  /** Its ARN. */
  readonly archive: string;
  readonly bus: string;
  readonly state: string;
  /** Events of this span of their own time are replayed. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How far it has come. */
  readonly lastEventAtMs?: number;
  readonly replayed: number;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
}

/**
 * `GET /archives/events?archive=<arn>&pattern=&fromMs=&toMs=&after=&limit=` (at most 1,000, default
 * 100): in the order in which they were archived. `atMs`, `fromMs` and `toMs` go by the events' own
 * time, as replays do. A page ends early after some megabytes, or when it has looked at a lot.
 */
export interface ArchivedEvents {
  readonly archive: string;
  readonly events: readonly (Published & { readonly content: unknown })[];
  readonly next?: string;
  readonly searched: number;
}
