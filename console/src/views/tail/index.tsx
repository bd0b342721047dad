import { EmptyState } from '../../ui/states.tsx';

export function TailView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Tail</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
