import { EmptyState } from '../../ui/states.tsx';

export function ArchivesView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Archives</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
