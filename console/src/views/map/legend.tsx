/** What the lines mean, how many there are, and the choice of one sort of them. */
import type { MapEdge } from '../../../../src/admin-api/index.ts';
import { useNow } from '../../api/session.ts';
import { clockTime } from '../../ui/when.ts';
import { isFailing } from './figures.ts';
import { type Narrowing, STATUSES, statusOf } from './status.ts';
import type { TrafficStore } from './traffic.ts';
import { useFigure } from './use-map.ts';
import { NARROWING_WORDS } from './words.ts';
import './graph/edge-layer.css';
import './legend.css';

export interface LegendProps {
  /** All of the map: what stands in closed groups counts too. */
  readonly edges: readonly MapEdge[];
  readonly only: Narrowing;
  readonly onOnly: (only: Narrowing) => void;
  readonly seenSinceMs: number;
}

const ALL = [...STATUSES, 'failing'] as const;

export function Legend({ edges, only, onOnly, seenSinceMs }: LegendProps) {
  const nowMs = useNow();
  const counts = useFigure((store) => countsOf(store, edges)).split(' ');
  const sampled = useFigure((store) => Math.round(store.sampled * 100));
  return (
    <fieldset className="legend">
      <legend className="unseen">Connections to show</legend>
      {ALL.map((name, at) => {
        const [label, meaning] = NARROWING_WORDS[name];
        return (
          <button
            key={name}
            type="button"
            className="legend-entry"
            aria-pressed={only === name}
            title={meaning}
            onClick={() => onOnly(only === name ? 'all' : name)}
          >
            <Sample name={name} />
            {label}
            <span className="legend-count">{counts[at]}</span>
          </button>
        );
      })}
      <span className="legend-since">
        seen since {clockTime(seenSinceMs, nowMs).replace(/\.\d+$/, '')}
        {sampled < 100 && `, counts from ${sampled} % of the facts`}
      </span>
    </fieldset>
  );
}

function Sample({ name }: { readonly name: (typeof ALL)[number] }) {
  const trouble = name === 'failing';
  return (
    <svg className="legend-sample" width="26" height="10" aria-hidden="true">
      <g
        className={`edge edge-${trouble ? 'used' : name}`}
        data-strength="0"
        data-trouble={trouble || undefined}
      >
        <path className="edge-line" d="M1 5H24" />
        <path className="edge-head" d="M20 1.5 24.5 5 20 8.5" />
      </g>
    </svg>
  );
}

/** In the order of `ALL`, with spaces between. */
function countsOf(store: TrafficStore, all: readonly MapEdge[]): string {
  const counts = new Map<string, number>();
  for (const edge of all) {
    const status = statusOf(edge, store.hasSeen(edge.id));
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const failing = all.filter((edge) => isFailing(store, [edge])).length;
  return [...STATUSES.map((status) => counts.get(status) ?? 0), failing].join(' ');
}
