import { Link } from 'wouter';
import type { DeadLetterQueue } from '../../../../src/admin-api/index.ts';
import { useViewHref } from '../../state/url.ts';
import { shortName } from '../../ui/arns.ts';
import { depthOf } from '../../ui/depth.ts';
import { count } from '../../ui/numbers.ts';
import { span } from '../../ui/when.ts';

export interface QueueListProps {
  readonly queues: readonly DeadLetterQueue[];
  readonly chosen: string | undefined;
}

/** Every dead-letter queue with what waits in it; those with something first. */
export function QueueList({ queues, chosen }: QueueListProps) {
  const href = useViewHref();
  return (
    <nav className="inbox-queues" aria-label="Dead-letter queues">
      <ul>
        {queues.map((queue) => (
          <li key={queue.arn}>
            <Link
              href={href('dead-letters', { queue: queue.arn })}
              className="inbox-queue"
              title={sourcesOf(queue)}
              aria-current={queue.arn === chosen ? 'true' : undefined}
            >
              <span className="inbox-queue-name truncate" title={queue.arn}>
                {queue.name}
              </span>
              <span className="inbox-queue-count numeric" data-none={depthOf(queue) === 0}>
                {count(depthOf(queue))}
              </span>
              {depthOf(queue) > 0 && (
                <>
                  <span className="inbox-queue-more truncate" title={sourcesOf(queue)}>
                    {sourcesOf(queue)}
                  </span>
                  <span className="inbox-queue-more inbox-queue-age numeric">
                    <span className="unseen">oldest </span>
                    {span(queue.oldestAgeMs)}
                  </span>
                </>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function sourcesOf({ sources }: DeadLetterQueue): string {
  const names = sources.map(({ arn }) => shortName(arn));
  return names.length > 0 ? `of ${[...new Set(names)].join(', ')}` : 'of nobody any more';
}
