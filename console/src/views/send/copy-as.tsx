import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import type { CopyAs } from '../../../../src/admin-api/index.ts';
import { post } from '../../api/client.ts';
import { oneOf } from '../../state/query.ts';
import { useQueryState } from '../../state/url.ts';
import { Code } from '../../ui/copy.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import type { Members } from './drafts.ts';

export interface CopyAsPaneProps {
  readonly arn: string;
  /** Undefined while it cannot be sent. */
  readonly content: Members | undefined;
}

const AS = oneOf(['cli', 'sdk', 'test'], 'cli');

const TABS = [
  { name: 'cli', label: 'AWS CLI' },
  { name: 'sdk', label: 'SDK' },
  { name: 'test', label: 'vitest' },
] as const;

const NOTES = {
  cli: 'With the AWS CLI in a shell.',
  sdk: 'With the AWS SDK for JavaScript.',
  test: 'As a test that starts a server of its own.',
} as const;

/** The same for other tools, following what is written. */
export function CopyAsPane({ arn, content }: CopyAsPaneProps) {
  const [as, setAs] = useQueryState('as', AS);
  const body = useDeferredValue(content && JSON.stringify({ arn, content }));
  const { data, error, refetch } = useQuery({
    queryKey: ['send/as', body],
    queryFn: () => post('send/as', JSON.parse(body ?? '{}') as object),
    enabled: body !== undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <section className="send-as" aria-label="The same for other tools">
      <Tabs label="Copy as" tabs={TABS} value={as} onChange={setAs}>
        <div className="send-as-body">
          {content === undefined ? (
            <EmptyState title="Not complete yet" icon="copy">
              Once it can be sent, it stands here for other tools.
            </EmptyState>
          ) : error ? (
            <ErrorState error={error} onRetry={() => void refetch()} />
          ) : (
            <Shown text={data} as={as} />
          )}
        </div>
      </Tabs>
    </section>
  );
}

function Shown({ text, as }: { readonly text: CopyAs | undefined; readonly as: keyof CopyAs }) {
  if (!text) return <Skeleton lines={4} />;
  return (
    <>
      <p className="muted">{NOTES[as]}</p>
      <Code text={text[as]} what={as === 'cli' ? 'command' : 'code'} />
    </>
  );
}
