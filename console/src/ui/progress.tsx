import './progress.css';

export interface ProgressProps {
  /** What goes on. */
  readonly label: string;
  /** 0 to 1. */
  readonly value: number;
  readonly tone?: 'accent' | 'ok' | 'retry' | 'fail';
}

/** How far something has come. Say it in words beside it, too. */
export function Progress({ label, value, tone = 'accent' }: ProgressProps) {
  const percent = Math.round(Math.max(0, Math.min(1, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={`progress progress-${tone}`}
    >
      <span style={{ width: `${percent}%` }} />
    </div>
  );
}
