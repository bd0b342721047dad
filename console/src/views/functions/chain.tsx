import type { Run } from '../../../../src/admin-api/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { Time } from '../../ui/time.tsx';
import { span } from '../../ui/when.ts';
import { runKey, toneOf } from './runs.ts';

export interface ChainProps {
  readonly run: Run;
  /** Oldest first, `run` among them. */
  readonly runs: readonly Run[];
  readonly onChoose: (run: Run) => void;
}

/** All attempts for the same cause, and how long it waited in between. */
export function Chain({ run, runs, onChoose }: ChainProps) {
  return (
    <ol className="chain">
      {runs.map((one, index) => {
        const before = runs[index - 1];
        return (
          <li key={runKey(one)}>
            <button
              type="button"
              className="chain-run"
              aria-current={runKey(one) === runKey(run) ? 'true' : undefined}
              onClick={() => onChoose(one)}
            >
              <span className="chain-number numeric">{index + 1}</span>
              <Time atMs={one.atMs} />
              <Badge tone={toneOf(one)}>{one.outcome}</Badge>
              <span className="muted truncate">{one.error}</span>
              <span className="chain-gap muted">
                {before ? `+${span(one.atMs - before.atMs)}` : `took ${span(one.durationMs)}`}
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
