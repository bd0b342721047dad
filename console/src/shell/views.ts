/** The views, in the order in which they are listed, and the keys that lead to them after `g`. */
import type { ViewName } from '../state/view-name.ts';

export interface ViewEntry {
  readonly name: ViewName;
  readonly label: string;
  readonly key: string;
  /** A line under it in the navigation separates what looks from what acts. */
  readonly ends?: true;
}

export const VIEWS: readonly ViewEntry[] = [
  { name: 'map', label: 'Map', key: 'm' },
  { name: 'tail', label: 'Tail', key: 't' },
  { name: 'trace', label: 'Trace', key: 'r' },
  { name: 'why', label: 'Why', key: 'w', ends: true },
  { name: 'dead-letters', label: 'Dead letters', key: 'd' },
  { name: 'queues', label: 'Queues', key: 'q' },
  { name: 'functions', label: 'Functions', key: 'f' },
  { name: 'archives', label: 'Archives', key: 'a', ends: true },
  { name: 'send', label: 'Send', key: 's' },
  { name: 'time', label: 'Time & faults', key: 'c' },
];
