import { useViewHref } from '../../state/url.ts';
import { Id } from '../../ui/arn.tsx';
import { ContentView } from '../../ui/content-view.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Sections } from '../../ui/sections.tsx';
import { SendLink } from '../../ui/send-link.tsx';
import { Time } from '../../ui/time.tsx';
import type { ArchivedEvent } from './event-table.tsx';

export interface EventPaneProps {
  readonly event: ArchivedEvent;
  readonly onClose: () => void;
}

export function EventPane({ event, onClose }: EventPaneProps) {
  const href = useViewHref();
  const { id, atMs, note, form, content } = event;
  return (
    <Panel title={note ?? 'Event'} onClose={onClose}>
      <Sections>
        <div className="event-actions">
          <LinkButton href={href('trace', { id })} icon="trace">
            Trace
          </LinkButton>
          <LinkButton href={href('why', { id })} icon="why">
            Why
          </LinkButton>
          <SendLink again={id} />
        </div>
        <dl className="facts">
          <dt>Id</dt>
          <dd>
            <Id id={id} copy />
          </dd>
          <dt>Time</dt>
          <dd>
            <Time atMs={atMs} /> (<Time atMs={atMs} as="ago" />)
          </dd>
        </dl>
        <ContentView form={form} content={content} />
      </Sections>
    </Panel>
  );
}
