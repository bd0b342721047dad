/** Time and faults: the clock, what falls due, what is made to fail. */
import { ClockPanel, useAdvance } from './clock-panel.tsx';
import { DuePanel } from './due-panel.tsx';
import { FaultsPanel } from './faults-panel.tsx';
import './time.css';

export function TimeView() {
  const advance = useAdvance();
  return (
    <div className="view">
      <header className="view-head">
        <h1>Time &amp; faults</h1>
      </header>
      <div className="view-body">
        <div className="time-view">
          <div className="time-column">
            <ClockPanel advance={advance} />
            <DuePanel advance={advance} />
          </div>
          <FaultsPanel />
        </div>
      </div>
    </div>
  );
}
