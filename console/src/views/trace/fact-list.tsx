import type { Fact } from '../../../../src/admin-api/index.ts';
import { Arn } from '../../ui/arn.tsx';
import { Badge } from '../../ui/badge.tsx';
import { toneOf, towards, verbOf } from './facts.ts';
import { offset } from './trace-box.tsx';
import './fact-list.css';

export interface FactListProps {
  readonly facts: readonly Fact[];
  readonly startMs: number;
  /** Of them that the server has left out. */
  readonly leftOut: number;
}

/** Everything that happened to one event, oldest first. */
export function FactList({ facts, startMs, leftOut }: FactListProps) {
  return (
    <ol className="fact-list">
      {facts.map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: facts come to be in order and never change.
        <FactLine key={index} fact={fact} startMs={startMs} />
      ))}
      {leftOut > 0 && <li className="muted">{leftOut.toLocaleString('en')} more facts</li>}
    </ol>
  );
}

function FactLine({ fact, startMs }: { readonly fact: Fact; readonly startMs: number }) {
  const { arn, atMs, target, outcome, note, kind } = fact;
  const tone = toneOf(fact);
  const to = towards(fact);
  return (
    <li className={`fact fact-${tone}`}>
      <span className="fact-time numeric" title={new Date(atMs).toISOString()}>
        {offset(atMs, startMs)}
      </span>
      <div className="fact-what">
        {verbOf(fact)} <Arn arn={arn} kind />
        {to && target && (
          <>
            {' '}
            {to} <Arn arn={target} kind />
          </>
        )}{' '}
        {outcome && outcome !== 'ok' && <Badge tone={tone}>{outcome}</Badge>}
        {note && kind !== 'match' && kind !== 'publish' && <p className="muted">{note}</p>}
      </div>
    </li>
  );
}
