import { EmptyState } from '../../ui/states.tsx';

export function MapView() {
  return (
    <div className="view">
      <header className="view-head">
        <h1>Map</h1>
      </header>
      <EmptyState title="This view is being built" />
    </div>
  );
}
