/** Sending something, new or once more, and landing on what it does. */
import type { ReactNode } from 'react';
import { ApiError } from '../../api/client.ts';
import { useContent } from '../../api/contents.ts';
import { text } from '../../state/query.ts';
import { useQueryState, useViewHref } from '../../state/url.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Composer } from './composer.tsx';
import { draftOf, EMPTY } from './drafts.ts';
import './send.css';

const ARN = text();
const AGAIN = text();

export function SendView() {
  const [arn] = useQueryState('arn', ARN);
  const [again] = useQueryState('again', AGAIN);
  return again ? (
    <AnotherEdition key={again} arn={arn} again={again} />
  ) : (
    <Composer key="new" arn={arn} again="" first={EMPTY} />
  );
}

interface AnotherEditionProps {
  /** Where to; '' is where the first one went. */
  readonly arn: string;
  readonly again: string;
}

function AnotherEdition({ arn, again }: AnotherEditionProps) {
  const { data, error, refetch } = useContent(again);
  if (data?.form === 'change') {
    return (
      <Frame>
        <EmptyState title="A change of a table cannot be sent" icon="send">
          It comes of putting, updating or deleting an item. Do that with any AWS SDK or tool.
        </EmptyState>
      </Frame>
    );
  }
  if (data) {
    return (
      <Composer arn={arn || data.arn} again={again} first={draftOf(data.form, data.content)} />
    );
  }
  if (error instanceof ApiError && error.status === 404) return <Gone id={again} />;
  return (
    <Frame>
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={8} />}
    </Frame>
  );
}

function Gone({ id }: { readonly id: string }) {
  const href = useViewHref();
  return (
    <Frame>
      <EmptyState title="What it held is not known any more" icon="search">
        <p>
          The journal has let go of the content of <span className="mono">{id}</span>, or was told
          not to keep it.
        </p>
        <LinkButton href={href('send')}>Write something new</LinkButton>
      </EmptyState>
    </Frame>
  );
}

function Frame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Send again</h1>
      </header>
      <div className="view-body">{children}</div>
    </div>
  );
}
