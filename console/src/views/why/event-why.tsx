/** Why an event went, or did not go, along each way from where it was published. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Way } from '../../../../src/admin-api/index.ts';
import { get } from '../../api/client.ts';
import { useContent } from '../../api/contents.ts';
import { useQueryChange, useViewHref } from '../../state/url.ts';
import { Arn, Id } from '../../ui/arn.tsx';
import { Button } from '../../ui/button.tsx';
import { ContentView } from '../../ui/content-view.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { SendLink } from '../../ui/send-link.tsx';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { sorted, summaryOf } from './verdicts.ts';
import { WayCard } from './way-card.tsx';
import './event-why.css';

export interface EventWhyProps {
  readonly id: string;
  /** Of this rule, subscription or mapping only. */
  readonly of: string;
}

/** Retries go on, and what is sent may still arrive. */
const AGAIN_MS = 3_000;

export function EventWhy({ id, of }: EventWhyProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['why', id, of],
    queryFn: ({ signal }) => get('why', { id, of }, signal),
    refetchInterval: ({ state }) =>
      state.data?.ways.some(({ verdict }) => verdict === 'retrying') ? AGAIN_MS : false,
  });
  if (error) return <ErrorState error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton lines={6} />;
  return (
    <div className="event-why">
      <div className="event-why-two">
        <div className="event-why-ways">
          <Published id={data.id} from={id} arn={data.arn} />
          <p className="event-why-summary">{data.because ?? summaryOf(data.ways)}</p>
          <Ways ways={data.ways} of={of} />
        </div>
        <Content id={data.id} />
      </div>
    </div>
  );
}

interface PublishedProps {
  readonly id: string;
  /** The event that was asked about; differs where it was handed on as another. */
  readonly from: string;
  readonly arn: string;
}

function Published({ id, from, arn }: PublishedProps) {
  const href = useViewHref();
  return (
    <header className="event-why-head">
      <dl className="facts">
        <dt>Event</dt>
        <dd>
          <Id id={id} copy />
        </dd>
        {from !== id && (
          <>
            <dt>Came of</dt>
            <dd>
              <Id id={from} copy />
            </dd>
          </>
        )}
        <dt>Published at</dt>
        <dd>
          <Arn arn={arn} kind copy />
        </dd>
      </dl>
      <nav className="event-why-links" aria-label="Go on from this event">
        <LinkButton href={href('trace', { id })} icon="trace">
          Trace
        </LinkButton>
        <SendLink again={id} />
      </nav>
    </header>
  );
}

function Ways({ ways, of }: { readonly ways: readonly Way[]; readonly of: string }) {
  const change = useQueryChange();
  const { trouble, missed, delivered } = sorted(ways);
  return (
    <>
      <Part title="Chosen, and not arrived" ways={trouble} of={of} />
      <Part title="Not chosen, the nearest first" ways={missed} of={of} />
      <Part title="Delivered" ways={delivered} of={of} />
      {of && <Button onClick={() => change({ of: undefined })}>Show all ways</Button>}
    </>
  );
}

interface PartProps {
  readonly title: ReactNode;
  readonly ways: readonly Way[];
  readonly of: string;
}

function Part({ title, ways, of }: PartProps) {
  if (ways.length === 0) return null;
  return (
    <section className="event-why-part">
      <h2>
        {title} <span className="muted">{ways.length}</span>
      </h2>
      {ways.map((way) => (
        <WayCard key={way.arn} way={way} isAsked={way.arn === of} />
      ))}
    </section>
  );
}

/** The event itself, to hold against what was wanted. */
function Content({ id }: { readonly id: string }) {
  const { data } = useContent(id);
  if (!data) return null;
  return (
    <section className="event-why-part">
      <h2>
        {data.note ?? data.form} <Time atMs={data.atMs} />
      </h2>
      <ContentView form={data.form} content={data.content} />
    </section>
  );
}
