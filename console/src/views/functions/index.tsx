import { EmptyState } from '../../ui/states.tsx';

export function FunctionsView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Functions</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
