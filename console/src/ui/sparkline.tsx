import { sparkPath } from './spark-path.ts';

export interface SparklineProps {
  /** Oldest first. */
  readonly values: readonly number[];
  /** What they are, with the last one: the picture says it to nobody else. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

export function Sparkline({ values, label, width = 80, height = 20 }: SparklineProps) {
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <path
        d={sparkPath(values, width, height)}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
    </svg>
  );
}
