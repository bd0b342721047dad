import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Content, Published } from '../../../../src/admin-api/index.ts';
import { ApiError, get, pathPart } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { useViewHref } from '../../state/url.ts';
import { Arn, Id } from '../../ui/arn.tsx';
import { ContentView } from '../../ui/content-view.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Panel } from '../../ui/panel.tsx';
import { whatOf } from '../../ui/published.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { FormBadge } from './columns.tsx';

export interface DetailsProps {
  readonly id: string;
  /** What the list knows of it; a link may name an event that is not in the list. */
  readonly known: Published | undefined;
  readonly onClose: () => void;
}

export function Details({ id, known, onClose }: DetailsProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['contents', id],
    queryFn: ({ signal }) => get(`contents/${pathPart(id)}`, {}, signal),
  });
  const event = data ?? known;
  return (
    <Panel title={event ? whatOf(event) : 'Event'} onClose={onClose}>
      <div className="tail-details">
        <Ways id={id} form={event?.form} />
        <dl className="facts">
          <dt>Id</dt>
          <dd>
            <Id id={id} copy />
          </dd>
          {event && <Facts event={event} causes={data?.causes} />}
        </dl>
        {data ? (
          <ContentView form={data.form} content={data.content} />
        ) : (
          <NoContent error={error} onRetry={refetch} />
        )}
      </div>
    </Panel>
  );
}

function Ways({ id, form }: { readonly id: string; readonly form: Content['form'] | undefined }) {
  const href = useViewHref();
  const { readOnly } = useSession();
  const ways: readonly (readonly [string, string, IconName])[] = [
    [href('trace', { id }), 'Trace', 'trace'],
    ...(form === 'invocation' ? [] : [[href('why', { id }), 'Why', 'why'] as const]),
    ...(readOnly ? [] : [[href('send', { again: id }), 'Send again', 'send'] as const]),
  ];
  return (
    <nav className="tail-ways" aria-label="Go on from this event">
      {ways.map(([to, words, icon]) => (
        <Link key={words} href={to} className="button button-plain">
          <Icon name={icon} />
          {words}
        </Link>
      ))}
    </nav>
  );
}

interface FactsProps {
  readonly event: Published;
  readonly causes: readonly string[] | undefined;
}

function Facts({ event: { form, arn, atMs, note }, causes = [] }: FactsProps) {
  const href = useViewHref();
  return (
    <>
      <dt>Kind</dt>
      <dd>
        <FormBadge form={form} />
      </dd>
      <dt>Where</dt>
      <dd>
        <Arn arn={arn} kind copy />
      </dd>
      <dt>When</dt>
      <dd>
        <Time atMs={atMs} /> <span className="muted">{new Date(atMs).toISOString()}</span>
      </dd>
      {note && (
        <>
          <dt>What</dt>
          <dd>{note}</dd>
        </>
      )}
      {causes.length > 0 && (
        <>
          <dt>Caused by</dt>
          <dd>
            {causes.map((cause) => (
              <Link key={cause} href={href('trace', { id: cause })} className="mono tail-cause">
                {cause}
              </Link>
            ))}
          </dd>
        </>
      )}
    </>
  );
}

interface NoContentProps {
  readonly error: unknown;
  readonly onRetry: () => void;
}

function NoContent({ error, onRetry }: NoContentProps) {
  const { contents } = useSession();
  if (!error) return <Skeleton />;
  if (!(error instanceof ApiError) || error.status !== 404) {
    return <ErrorState error={error} onRetry={onRetry} />;
  }
  return (
    <EmptyState title="What it held is not kept" icon="archives">
      {contents
        ? 'The journal has let go of it: contents are kept up to a count, an age and a size.'
        : 'This server runs without contents in its journal.'}
    </EmptyState>
  );
}
