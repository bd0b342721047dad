import { EmptyState } from '../../ui/states.tsx';

export function TraceView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Trace</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
