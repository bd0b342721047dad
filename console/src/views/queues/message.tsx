import type { QueueMessage } from '../../../../src/admin-api/index.ts';
import { useNow } from '../../api/session.ts';
import { useViewHref } from '../../state/url.ts';
import { Arn, Id } from '../../ui/arn.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { MessageParts } from '../../ui/message-parts.tsx';
import { counted } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { Sections } from '../../ui/sections.tsx';
import { SendLink } from '../../ui/send-link.tsx';
import { Time } from '../../ui/time.tsx';
import { stateOf } from './states.ts';

export interface MessageProps {
  readonly message: QueueMessage;
  readonly onClose: () => void;
  readonly onGroup: (group: string) => void;
}

/** One message, looked at and not received. */
export function Message({ message, onClose, onGroup }: MessageProps) {
  const href = useViewHref();
  const { id } = message;
  return (
    <Panel title="Message" onClose={onClose}>
      <Sections>
        <div className="message-actions">
          <LinkButton href={href('trace', { id })} icon="trace">
            Trace
          </LinkButton>
          <SendLink again={id} />
        </div>
        <Facts message={message} onGroup={onGroup} />
        <MessageParts {...message} />
      </Sections>
    </Panel>
  );
}

function Facts({ message, onGroup }: Pick<MessageProps, 'message' | 'onGroup'>) {
  const nowMs = useNow();
  const { state, tone, why } = stateOf(message, nowMs);
  const { id, sentAtMs, firstReceivedAtMs, receives, heldBy, blockedBy } = message;
  return (
    <dl className="facts">
      <dt>Id</dt>
      <dd>
        <Id id={id} copy />
      </dd>
      <dt>State</dt>
      <dd>
        <Badge tone={tone}>{state}</Badge> {why}
      </dd>
      {heldBy !== undefined && (
        <>
          <dt>Held by</dt>
          <dd>
            <Arn arn={heldBy} kind />
          </dd>
        </>
      )}
      {blockedBy !== undefined && (
        <>
          <dt>Behind</dt>
          <dd>
            <Id id={blockedBy} copy />
          </dd>
        </>
      )}
      <dt>Sent</dt>
      <dd>
        <Time atMs={sentAtMs} /> (<Time atMs={sentAtMs} as="ago" />)
      </dd>
      <dt>Received</dt>
      <dd>
        {counted(receives, 'time')}
        {firstReceivedAtMs !== undefined && (
          <>
            , first <Time atMs={firstReceivedAtMs} />
          </>
        )}
      </dd>
      <GroupFacts message={message} onGroup={onGroup} />
    </dl>
  );
}

function GroupFacts({ message, onGroup }: Pick<MessageProps, 'message' | 'onGroup'>) {
  const { group, dedupId } = message;
  return (
    <>
      {group !== undefined && (
        <>
          <dt>Group</dt>
          <dd className="message-group">
            <span className="mono">{group}</span>
            <Button look="quiet" icon="filter" onClick={() => onGroup(group)}>
              Only this group
            </Button>
          </dd>
        </>
      )}
      {dedupId !== undefined && (
        <>
          <dt>Deduplication id</dt>
          <dd className="mono">{dedupId}</dd>
        </>
      )}
    </>
  );
}
