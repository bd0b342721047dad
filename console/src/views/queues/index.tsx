import { EmptyState } from '../../ui/states.tsx';

export function QueuesView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Queues</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
