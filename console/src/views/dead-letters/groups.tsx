import type { DeadLetterQueue } from '../../../../src/admin-api/index.ts';
import { Arn } from '../../ui/arn.tsx';
import { Badge } from '../../ui/badge.tsx';
import { depthOf } from '../../ui/depth.ts';
import { count } from '../../ui/numbers.ts';
import { Time } from '../../ui/time.tsx';

export interface GroupsProps {
  readonly queue: DeadLetterQueue;
  /** The key of the group chosen, or '' for all. */
  readonly chosen: string;
  readonly onChoose: (group: string) => void;
}

/** The messages of a queue by what went wrong, the most frequent first. */
export function Groups({ queue, chosen, onChoose }: GroupsProps) {
  const most = Math.max(1, ...queue.groups.map((group) => group.count));
  const left = depthOf(queue) - queue.looked;
  return (
    <section className="groups" aria-label="Grouped by error">
      <div className="groups-head" aria-hidden="true">
        <span>Error</span>
        <span className="groups-count">Messages</span>
        <span>First</span>
        <span>Last</span>
      </div>
      <ul>
        {queue.groups.map((group) => (
          <li key={group.key}>
            <button
              type="button"
              className="group"
              aria-pressed={group.key === chosen}
              onClick={() => onChoose(group.key === chosen ? '' : group.key)}
            >
              <span className="group-what">
                <span className="group-error truncate mono" title={group.error}>
                  {group.error || group.code}
                </span>
                <span className="group-source">
                  <Badge tone="dead">{group.code}</Badge>
                  <Arn arn={group.source} kind />
                </span>
              </span>
              <span className="groups-count numeric">
                {count(group.count)}
                <span className="group-bar" aria-hidden="true">
                  <span style={{ width: `${(group.count / most) * 100}%` }} />
                </span>
              </span>
              <Time atMs={group.firstAtMs} as="ago" />
              <Time atMs={group.lastAtMs} as="ago" />
            </button>
          </li>
        ))}
      </ul>
      {left > 0 && (
        <p className="groups-left muted">
          Of the first {count(queue.looked)} messages; {count(left)} more were not looked at.
        </p>
      )}
    </section>
  );
}
