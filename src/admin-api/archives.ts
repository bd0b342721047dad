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
  readonly bus: string;
  readonly state: string;
  readonly events: number;
  readonly bytes: number;
  readonly retentionDays: number;
  readonly pattern?: string;
}

export interface Replay {
  readonly name: string;
  readonly archive: string;
  readonly bus: string;
  readonly state: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How far it has come. */
  readonly lastEventAtMs?: number;
  readonly replayed: number;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
}

/** `GET /archives/events?archive=<arn>&pattern=&fromMs=&toMs=&after=&limit=`: oldest first. */
export interface ArchivedEvents {
  readonly archive: string;
  readonly events: readonly (Published & { readonly content: unknown })[];
  readonly next?: string;
  readonly searched: number;
}
