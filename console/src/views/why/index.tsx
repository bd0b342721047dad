import { EmptyState } from '../../ui/states.tsx';

export function WhyView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Why</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
