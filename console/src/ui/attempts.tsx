import type { Attempt } from '../../../src/admin-api/index.ts';
import { Arn } from './arn.tsx';
import { Badge } from './badge.tsx';
import { Time } from './time.tsx';
import { span } from './when.ts';
import './attempts.css';

/** What was tried, oldest first, and how long it waited in between. */
export function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <ol className="attempts">
      {attempts.map(({ atMs, target, outcome, note }, index) => {
        const before = attempts[index - 1];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts are only ever added at the end.
          <li key={index} className="attempt" data-ok={outcome === 'ok' || undefined}>
            <div className="attempt-head">
              <Time atMs={atMs} />
              <Badge tone={outcome === 'ok' ? 'ok' : 'fail'}>{outcome}</Badge>
              <Arn arn={target} kind />
              {before && <span className="attempt-gap">+{span(atMs - before.atMs)}</span>}
            </div>
            {note && <p className="attempt-note">{note}</p>}
          </li>
        );
      })}
    </ol>
  );
}
