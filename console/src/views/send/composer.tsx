import { useState } from 'react';
import { Link } from 'wouter';
import { post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { useGoTo, useQueryChange, useViewHref } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { ChangeButton } from '../../ui/change-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EmptyState, wordsOf } from '../../ui/states.tsx';
import { CopyAsPane } from './copy-as.tsx';
import { contentOf, type Draft, type Faults, faultsOf, formOf } from './drafts.ts';
import { FORMS } from './forms.tsx';
import { Target } from './target.tsx';

export interface ComposerProps {
  readonly arn: string;
  /** What this is another edition of; '' for something new. */
  readonly again: string;
  readonly first: Draft;
}

const NOUNS = {
  event: 'event',
  notification: 'notification',
  message: 'message',
  record: 'record',
  invocation: 'invocation',
} as const;

/** Writes something and sends it, then shows what it does. */
export function Composer({ arn, again, first }: ComposerProps) {
  const change = useQueryChange();
  const [draft, setDraft] = useState(first);
  const form = formOf(arn);
  const faults = form ? faultsOf(form, arn, draft) : {};
  const content = form && Object.keys(faults).length === 0 ? contentOf(form, draft) : undefined;
  const { send, busy, error, tried } = useSend({ arn, content, again });
  const Fields = form && FORMS[form];
  return (
    <div className="view">
      <header className="view-head">
        <h1>{again ? 'Send again' : 'Send'}</h1>
        <SendButton form={form ? NOUNS[form] : undefined} busy={busy} onSend={send} />
      </header>
      <div className="view-body">
        <SplitPane
          label="the same for other tools"
          size={440}
          side={form && <CopyAsPane arn={arn} content={content} />}
        >
          <div className="send-form">
            {again && <Again id={again} />}
            <Target arn={arn} onChange={(next) => change({ arn: next })} />
            {error !== undefined && <Refused error={error} />}
            {Fields ? (
              <Fields
                draft={draft}
                onChange={(changed) => setDraft({ ...draft, ...changed })}
                faults={tried ? faults : shown(faults, draft)}
                arn={arn}
                again={again !== ''}
                onSubmit={send}
              />
            ) : (
              <EmptyState title="Where to?" icon="send">
                An event goes on a bus, a notification to a topic, a message into a queue, a record
                into a stream, an input to a function.
              </EmptyState>
            )}
            <Rest draft={draft} onDrop={() => setDraft({ ...draft, rest: {} })} />
          </div>
        </SplitPane>
      </div>
    </div>
  );
}

interface Sending {
  readonly arn: string;
  readonly content: object | undefined;
  readonly again: string;
}

function useSend({ arn, content, again }: Sending) {
  const goTo = useGoTo();
  const { readOnly } = useSession();
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<unknown>();
  const send = () => {
    setTried(true);
    setError(undefined);
    if (!content || busy || readOnly) return;
    setBusy(true);
    post('send', { arn, content, ...(again && { again }) })
      .then(({ id }) => goTo('trace', { id }), setError)
      .finally(() => setBusy(false));
  };
  return { send, busy, error, tried };
}

/** Before the first try only what was begun: nobody likes an empty form in red. */
function shown(faults: Faults, draft: Draft): Faults {
  const begun = Object.entries(faults).filter(([member]) => {
    if (member === 'body') return draft.body.text !== '';
    return member !== 'attributes' && draft[member as keyof Draft] !== '';
  });
  return Object.fromEntries(begun);
}

interface SendButtonProps {
  readonly form: string | undefined;
  readonly busy: boolean;
  readonly onSend: () => void;
}

function SendButton({ form, busy, onSend }: SendButtonProps) {
  return (
    <ChangeButton
      look="primary"
      icon="send"
      busy={busy}
      disabled={form === undefined}
      title="Ctrl + Enter in the editor"
      onClick={onSend}
    >
      {form === 'invocation' ? 'Invoke' : `Send${form ? ` ${form}` : ''}`}
    </ChangeButton>
  );
}

function Again({ id }: { readonly id: string }) {
  const href = useViewHref();
  return (
    <p className="send-again">
      <Icon name="again" />
      <span>
        Another edition of{' '}
        <Link href={href('trace', { id })} className="mono">
          {id}
        </Link>
        , which becomes its cause. Change what should be different.
      </span>
    </p>
  );
}

function Refused({ error }: { readonly error: unknown }) {
  return (
    <p className="send-refused" role="alert">
      <Icon name="warn" /> {wordsOf(error)}
    </p>
  );
}

/** What the first edition was sent with, and no field here shows. */
function Rest({ draft, onDrop }: { readonly draft: Draft; readonly onDrop: () => void }) {
  const rest = Object.entries(draft.rest);
  if (rest.length === 0) return null;
  return (
    <div className="send-rest">
      <span className="muted">
        Sent with it as before:{' '}
        <code>{rest.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ')}</code>
      </span>
      <Button look="quiet" icon="close" onClick={onDrop}>
        Leave out
      </Button>
    </div>
  );
}
