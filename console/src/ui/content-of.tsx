import { ApiError } from '../api/client.ts';
import { useContent } from '../api/contents.ts';
import { useSession } from '../api/session.ts';
import { ContentView } from './content-view.tsx';
import { EmptyState, ErrorState, Skeleton } from './states.tsx';

/** What `id` held, or why that is not known. */
export function ContentOf({ id }: { readonly id: string }) {
  const { contents } = useSession();
  const { data, error, refetch } = useContent(id);
  if (data) return <ContentView form={data.form} content={data.content} />;
  if (!error) return <Skeleton />;
  if (!(error instanceof ApiError) || error.status !== 404) {
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  }
  return (
    <EmptyState title="What it held is not kept" icon="archives">
      {contents
        ? 'It came by a rule or a subscription, and holds what the event before it held; or the ' +
          'journal has let go of it: contents are kept up to a count, an age and a size.'
        : 'This server runs without contents in its journal.'}
    </EmptyState>
  );
}
