import { EmptyState } from '../../ui/states.tsx';

export function TimeView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Time &amp; faults</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
