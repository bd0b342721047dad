/** Archives of buses: what they hold, and replaying it. */
import { useQuery } from '@tanstack/react-query';
import type { Archives } from '../../../../src/admin-api/index.ts';
import { get } from '../../api/client.ts';
import { usePlace } from '../../api/session.ts';
import { text } from '../../state/query.ts';
import { useQueryState } from '../../state/url.ts';
import { counted } from '../../ui/numbers.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Archive } from './archive.tsx';
import { ArchiveTable } from './archive-table.tsx';
import { isRunning } from './replay.ts';
import { Replays } from './replays.tsx';
import './archives.css';

const ARCHIVE = text();
const EVERY_MS = 4_000;

/** While something is replayed, it is watched closely. */
const REPLAYS_MS = 1_000;

export function ArchivesView() {
  const place = usePlace();
  const [arn] = useQueryState('archive', ARCHIVE);
  const { data, error, refetch } = useQuery({
    queryKey: ['archives', place],
    queryFn: ({ signal }) => get('archives', { ...place }, signal),
    refetchInterval: ({ state }) => (state.data?.replays.some(isRunning) ? REPLAYS_MS : EVERY_MS),
  });
  const archive = data?.archives.find((one) => one.arn === arn);
  if (data && archive) {
    return <Archive key={archive.arn} archive={archive} replays={data.replays} />;
  }
  return (
    <div className="view">
      <header className="view-head">
        <h1>Archives</h1>
        {data && <span className="muted numeric">{counted(data.archives.length, 'archive')}</span>}
      </header>
      <div className="view-body">
        {data ? (
          <ArchiveList data={data} missing={arn} />
        ) : error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={6} />
        )}
      </div>
    </div>
  );
}

interface ArchiveListProps {
  readonly data: Archives;
  /** An archive that was asked for and is not there. */
  readonly missing: string;
}

function ArchiveList({ data: { archives, replays }, missing }: ArchiveListProps) {
  if (missing) {
    return (
      <EmptyState title="There is no such archive" icon="search">
        {missing} was deleted, or is in another account or Region.
      </EmptyState>
    );
  }
  return (
    <div className="archives">
      <div className="archives-table">
        <ArchiveTable archives={archives} />
      </div>
      {replays.length > 0 && (
        <section className="archives-replays" aria-label="Replays of all archives">
          <h2>Replays</h2>
          <Replays replays={replays} named />
        </section>
      )}
    </div>
  );
}
