/** A sign for each kind of resource, drawn on a grid of 16 as in `icon.tsx`. */
import { Strokes } from './icon.tsx';
import type { ShownKind } from './kinds.ts';

const PATHS: Readonly<Record<ShownKind, string>> = {
  bus: 'M1.5 8h13M4 8V4.2M8 8v3.8M12 8V4.2M4 2.2v2M8 11.8v2M12 2.2v2',
  rule: 'M2.5 3.5h11L9.5 8.4v4.1l-3-1.5V8.4z',
  topic:
    'M5.2 8a2.8 2.8 0 1 0 5.6 0 2.8 2.8 0 1 0-5.6 0M3.4 12.6a6.5 6.5 0 0 1 0-9.2' +
    'M12.6 3.4a6.5 6.5 0 0 1 0 9.2',
  queue: 'M2 4.5h3v7H2zM6.5 4.5h3v7h-3zM11 4.5h3v7h-3z',
  'dead-letter-queue': 'M2 4h12v8.5H2zM5.8 6.2l4.4 4.2M10.2 6.2l-4.4 4.2',
  function: 'M3.4 13 7.6 6M5 3h1.7l4.8 10h1.3',
  stream: 'M1.5 5c2.2-2 4.3-2 6.5 0s4.3 2 6.5 0M1.5 11c2.2-2 4.3-2 6.5 0s4.3 2 6.5 0',
  table: 'M2 3h12v10H2zM2 6.4h12M2 9.7h12M6.5 6.4V13',
  archive: 'M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.5h3',
  endpoint: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M2 8h12M8 2c-4 4-4 8 0 12 4-4 4-8 0-12',
  'log-group': 'M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3',
  other: 'M8 2 13.5 5v6L8 14l-5.5-3V5z',
  group: 'M2.5 2.5h4.6v4.6H2.5zM8.9 2.5h4.6v4.6H8.9zM2.5 8.9h4.6v4.6H2.5zM8.9 8.9h4.6v4.6H8.9z',
};

/** Says nothing by itself: the kind stands in words beside it, or in the label around it. */
export function KindIcon({
  kind,
  size = 16,
}: {
  readonly kind: ShownKind;
  readonly size?: number;
}) {
  return <Strokes path={PATHS[kind]} size={size} />;
}
