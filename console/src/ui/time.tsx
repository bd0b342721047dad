import { useNow } from '../api/session.ts';
import { clockTime, relative } from './when.ts';

export interface TimeProps {
  readonly atMs: number;
  /** `clock` is the time of day, `ago` the age; the other is shown when pointed at. */
  readonly as?: 'clock' | 'ago';
}

/** A moment on the stack's clock. */
export function Time({ atMs, as = 'clock' }: TimeProps) {
  const nowMs = useNow();
  const iso = new Date(atMs).toISOString();
  const [shown, other] = [clockTime(atMs, nowMs), relative(atMs, nowMs)];
  return (
    <time className="numeric" dateTime={iso} title={`${iso} (${as === 'ago' ? shown : other})`}>
      {as === 'ago' ? other : shown}
    </time>
  );
}
