import { Link } from 'wouter';
import type { Content, Published } from '../../../../src/admin-api/index.ts';
import { useContent } from '../../api/contents.ts';
import { useViewHref } from '../../state/url.ts';
import { Arn, Id } from '../../ui/arn.tsx';
import { ContentOf } from '../../ui/content-of.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { whatOf } from '../../ui/published.ts';
import { SendLink } from '../../ui/send-link.tsx';
import { Time } from '../../ui/time.tsx';
import { FormBadge } from './columns.tsx';

export interface DetailsProps {
  readonly id: string;
  /** What the list knows of it; a link may name an event that is not in the list. */
  readonly known: Published | undefined;
  readonly onClose: () => void;
}

export function Details({ id, known, onClose }: DetailsProps) {
  const { data } = useContent(id);
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
        <ContentOf id={id} />
      </div>
    </Panel>
  );
}

function Ways({ id, form }: { readonly id: string; readonly form: Content['form'] | undefined }) {
  const href = useViewHref();
  return (
    <nav className="tail-ways" aria-label="Go on from this event">
      <LinkButton href={href('trace', { id })} icon="trace">
        Trace
      </LinkButton>
      {form !== 'invocation' && (
        <LinkButton href={href('why', { id })} icon="why">
          Why
        </LinkButton>
      )}
      <SendLink again={id} />
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
