import type { QueueDepth } from '../../../../src/admin-api/index.ts';
import { count } from '../../ui/numbers.ts';

export interface DepthBarProps {
  readonly depth: QueueDepth;
  /** What a full bar stands for. */
  readonly most: number;
}

/** How much waits, is in flight, is delayed: a picture of numbers that stand beside it. */
export function DepthBar({ depth, most }: DepthBarProps) {
  const { visible, inFlight, delayed } = depth;
  const part = (value: number) => ({ width: `${(value / Math.max(1, most)) * 100}%` });
  const waiting = `${count(visible)} visible, ${count(inFlight)} in flight`;
  const words = `${waiting}, ${count(delayed)} delayed`;
  return (
    <span className="depth" title={words} aria-hidden="true">
      <span className="depth-visible" style={part(visible)} />
      <span className="depth-in-flight" style={part(inFlight)} />
      <span className="depth-delayed" style={part(delayed)} />
    </span>
  );
}
