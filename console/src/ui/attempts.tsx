import type { Attempt } from '../../../src/admin-api/index.ts';
import { Arn } from './arn.tsx';
import { Badge } from './badge.tsx';
import { Time } from './time.tsx';
import type { Tone } from './tone.ts';
import { span } from './when.ts';
import './attempts.css';

/** To be received is to be tried, and neither good nor bad. */
function toneOf(outcome: string): Tone {
  if (outcome === 'received') return 'neutral';
  if (outcome === 'redriven') return 'retry';
  return outcome === 'ok' ? 'ok' : 'fail';
}

/** What was tried, oldest first, and how long it waited in between. */
export function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <ol className="attempts">
      {attempts.map(({ atMs, target, outcome, note }, index) => {
        const before = attempts[index - 1];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts are only ever added at the end.
          <li key={index} className="attempt" data-tone={toneOf(outcome)}>
            <div className="attempt-head">
              <Time atMs={atMs} />
              <Badge tone={toneOf(outcome)}>{outcome}</Badge>
              <Arn arn={target} kind />
              {before && <span className="attempt-gap">+{span(atMs - before.atMs)}</span>}
            </div>
            {note && note !== outcome && <p className="attempt-note">{note}</p>}
          </li>
        );
      })}
    </ol>
  );
}
