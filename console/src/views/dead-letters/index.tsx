import { EmptyState } from '../../ui/states.tsx';

export function DeadLettersView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Dead letters</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
