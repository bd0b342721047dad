/** What falls due next: on a line of time, and as a list to step along. */
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import { useNow, useSession } from '../../api/session.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { countText } from '../../ui/figures.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { relative } from '../../ui/when.ts';
import type { Advance } from './clock-panel.tsx';
import { type DueGroup, groupedBySecond, marksOf, placeOnLine } from './due.ts';

const AGAIN_MS = 2_000;

export function DuePanel({ advance }: { readonly advance: Advance }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['clock/due'],
    queryFn: ({ signal }) => get('clock/due', {}, signal),
    refetchInterval: AGAIN_MS,
  });
  const { clock } = useSession();
  const groups = data ? groupedBySecond(data) : [];
  const [next] = groups;
  return (
    <section className="time-part" aria-labelledby="due-head">
      <header className="time-head">
        <h2 id="due-head">Falls due</h2>
        {clock === 'virtual' && next && <StepTo group={next} advance={advance} isNext />}
      </header>
      {error && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton lines={4} />}
      {data && groups.length === 0 && (
        <EmptyState title="Nothing waits for a moment" icon="time">
          Retries, delays, visibility timeouts and schedules appear here.
        </EmptyState>
      )}
      {groups.length > 0 && (
        <>
          <Line groups={groups} />
          <ol className="due-list">
            {groups.map((group) => (
              <DueLine key={group.atMs} group={group} advance={advance} />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

/** Says nothing to who does not see it: the list has the same. */
function Line({ groups }: { readonly groups: readonly DueGroup[] }) {
  const nowMs = useNow();
  const lastMs = groups.at(-1)?.atMs ?? nowMs;
  return (
    <div className="due-line" aria-hidden="true">
      <span className="due-now">now</span>
      {marksOf(nowMs, lastMs).map(({ label, place }) => (
        <span key={label} className="due-mark" style={{ left: `${place * 100}%` }}>
          {label}
        </span>
      ))}
      {groups.map(({ atMs, count }) => (
        <span
          key={atMs}
          className="due-dot"
          style={{
            left: `${placeOnLine(atMs, nowMs, lastMs) * 100}%`,
            ...dotSize(count),
          }}
        />
      ))}
    </div>
  );
}

function dotSize(count: number) {
  const size = Math.round(Math.min(18, 8 + 2.5 * Math.log2(count)));
  return { width: size, height: size };
}

interface DueLineProps {
  readonly group: DueGroup;
  readonly advance: Advance;
}

function DueLine({ group, advance }: DueLineProps) {
  const nowMs = useNow();
  const { clock } = useSession();
  const { atMs, things } = group;
  return (
    <li className="due-entry">
      <span className="due-when numeric">{relative(atMs, nowMs)}</span>
      <span className="due-at muted">
        <Time atMs={atMs} />
      </span>
      <span className="due-what">
        {things.map(({ what, count }) => (
          <span key={what}>
            {count > 1 && <b className="numeric">{countText(count)} × </b>}
            {what}
          </span>
        ))}
      </span>
      {clock === 'virtual' && <StepTo group={group} advance={advance} />}
    </li>
  );
}

interface StepToProps extends DueLineProps {
  readonly isNext?: boolean;
}

function StepTo({ group, advance, isNext = false }: StepToProps) {
  const nowMs = useNow();
  const when = relative(group.atMs, nowMs);
  return (
    <ChangeButton
      look={isNext ? 'primary' : 'quiet'}
      disabled={advance.isPending || group.atMs <= nowMs}
      aria-label={isNext ? undefined : `Step to what is due ${when}`}
      onClick={() => advance.mutate(group.atMs - nowMs)}
    >
      {isNext ? `To the next, ${when}` : 'Step to'}
    </ChangeButton>
  );
}
