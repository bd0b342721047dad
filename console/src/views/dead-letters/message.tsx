import type { DeadLetter } from '../../../../src/admin-api/index.ts';
import { useViewHref } from '../../state/url.ts';
import { Arn, Id } from '../../ui/arn.tsx';
import { Attempts } from '../../ui/attempts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { ChangeButton } from '../../ui/change-button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { MessageParts } from '../../ui/message-parts.tsx';
import { counted } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { Section, Sections } from '../../ui/sections.tsx';
import { SendLink } from '../../ui/send-link.tsx';
import { Time } from '../../ui/time.tsx';

export interface MessageProps {
  readonly message: DeadLetter;
  readonly onRedrive: () => void;
  readonly onEdit: () => void;
  readonly onClose: () => void;
}

/** One dead letter: what went wrong, what was tried, what it says. */
export function Message({ message, onRedrive, onEdit, onClose }: MessageProps) {
  const href = useViewHref();
  const { history } = message;
  return (
    <Panel title="Dead letter" onClose={onClose}>
      <Sections>
        <div className="letter-actions">
          <ChangeButton look="primary" icon="again" onClick={onRedrive}>
            Redrive
          </ChangeButton>
          <ChangeButton onClick={onEdit}>Edit and redrive</ChangeButton>
          <LinkButton href={href('trace', { id: message.id })} icon="trace">
            Trace
          </LinkButton>
          <SendLink again={message.id} />
        </div>
        <Failure message={message} />
        <Facts message={message} />
        <Section title={`History, ${counted(history.length, 'attempt')}`}>
          {history.length > 0 ? (
            <Attempts attempts={history} />
          ) : (
            <p className="muted">The journal does not reach back to its attempts.</p>
          )}
        </Section>
        <MessageParts {...message} />
      </Sections>
    </Panel>
  );
}

function Failure({ message: { code, error, redriven } }: { readonly message: DeadLetter }) {
  return (
    <div className="letter-failure">
      <div className="letter-failure-head">
        <Badge tone="dead">{code}</Badge>
        {redriven !== undefined && redriven > 0 && <CameBack times={redriven} />}
      </div>
      {error && <p className="mono">{error}</p>}
    </div>
  );
}

interface CameBackProps {
  readonly times: number;
  readonly short?: boolean;
}

export function CameBack({ times, short = false }: CameBackProps) {
  const often = times === 1 ? 'once' : times === 2 ? 'twice' : `${times} times`;
  return (
    <Badge tone="retry" title={`Redriven ${often}, and came back`}>
      {short ? `came back ×${times}` : `redriven ${often}, came back`}
    </Badge>
  );
}

function Facts({ message }: { readonly message: DeadLetter }) {
  return (
    <dl className="facts">
      <dt>Id</dt>
      <dd>
        <Id id={message.id} copy />
      </dd>
      <dt>Origin</dt>
      <dd>{message.origin ? <Arn arn={message.origin} kind /> : 'not known'}</dd>
      <dt>Sent</dt>
      <dd>
        <Time atMs={message.sentAtMs} /> (<Time atMs={message.sentAtMs} as="ago" />)
      </dd>
      <dt>Received</dt>
      <dd>{counted(message.receives, 'time')}</dd>
      {message.dedupId !== undefined && (
        <>
          <dt>Deduplication id</dt>
          <dd className="mono">{message.dedupId}</dd>
        </>
      )}
    </dl>
  );
}
