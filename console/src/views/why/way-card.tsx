/** One way that an event could go, and why it went or did not. */
import { Link } from 'wouter';
import type { Mismatch, Way } from '../../../../src/admin-api/index.ts';
import { useViewHref } from '../../state/url.ts';
import { kindOf, shortName } from '../../ui/arns.ts';
import { Attempts } from '../../ui/attempts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Code } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { adviceOn } from './advice.ts';
import { conditionsOf, printed } from './conditions.ts';
import { VERDICTS } from './verdicts.ts';
import './way-card.css';

export interface WayCardProps {
  readonly way: Way;
  readonly isAsked: boolean;
}

export function WayCard({ way, isAsked }: WayCardProps) {
  const { arn, name, verdict, because, mismatch, targets, attempts } = way;
  const [words, tone] = VERDICTS[verdict];
  const href = useViewHref();
  return (
    <article className="way" data-tone={tone} data-asked={isAsked || undefined}>
      <header className="way-head">
        <span className="way-kind">{kindOf(arn)}</span>
        <h3 className="way-name" title={arn}>
          {kindOf(arn) === 'rule' ? <Link href={href('map', { arn })}>{name}</Link> : name}
        </h3>
        {targets.length > 0 && <Targets targets={targets} />}
        {mismatch && <Nearness value={mismatch.nearness} />}
        <Badge tone={tone}>{words}</Badge>
      </header>
      {mismatch?.path && verdict === 'not-matched' ? null : (
        <p className="way-because">{because}</p>
      )}
      {mismatch?.path ? <Sides mismatch={mismatch} /> : null}
      {attempts.length > 0 && <Attempts attempts={attempts} />}
      <Advices way={way} />
    </article>
  );
}

function Targets({ targets }: { readonly targets: readonly string[] }) {
  const words = targets.map((target) => `${kindOf(target)} ${shortName(target)}`);
  return (
    <span className="way-targets" title={words.join('\n')}>
      <Icon name="right" size={12} />
      <span className="truncate">
        {words[0]}
        {words.length > 1 && ` and ${words.length - 1} more`}
      </span>
    </span>
  );
}

/** How many of its fields match alone. */
function Nearness({ value }: { readonly value: number }) {
  const percent = Math.round(value * 100);
  return (
    <span className="nearness" title={`${percent} % of the fields of its pattern match`}>
      <span className="nearness-track" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
      {percent} %<span className="unseen"> of the fields of its pattern match</span>
    </span>
  );
}

/** What was wanted and what was found, side by side. */
function Sides({ mismatch }: { readonly mismatch: Mismatch }) {
  const { path, wanted, found } = mismatch;
  const conditions = conditionsOf(wanted);
  // A list of plain values says so itself.
  const isTold = conditions?.some(({ operator }) => operator !== 'equals');
  return (
    <div className="sides">
      <p className="sides-path">
        at <code>{path}</code>
      </p>
      <dl className="sides-two">
        <div>
          <dt>Wanted</dt>
          <dd>
            <code>{wanted}</code>
            {isTold && (
              <ul className="sides-conditions">
                {conditions?.map(({ words }) => (
                  <li key={words}>{words}</li>
                ))}
              </ul>
            )}
          </dd>
        </div>
        <div className="sides-found">
          <dt>Found</dt>
          <dd>
            {found.length === 0 ? <em>nothing</em> : <code>{found.map(printed).join(', ')}</code>}
          </dd>
        </div>
      </dl>
    </div>
  );
}

function Advices({ way }: { readonly way: Way }) {
  const href = useViewHref();
  const advices = adviceOn(way);
  const isDead = way.verdict === 'dead-lettered';
  if (advices.length === 0) return null;
  return (
    <div className="advices">
      {advices.map(({ text, command }) => (
        <div key={text} className="advice">
          <p>{text}</p>
          {command && <Code text={command} what="command" />}
        </div>
      ))}
      {isDead && (
        <div className="advices-links">
          <LinkButton href={href('dead-letters')}>Dead letters</LinkButton>
        </div>
      )}
    </div>
  );
}
