import { EmptyState } from '../../ui/states.tsx';

export function SendView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Send</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
