import { useId } from 'react';
import './segments.css';

export interface Segment<Name extends string> {
  readonly name: Name;
  readonly label: string;
  readonly count?: number | undefined;
}

export interface SegmentsProps<Name extends string> {
  /** What is chosen, for screen readers. */
  readonly label: string;
  readonly segments: readonly Segment<Name>[];
  readonly value: Name;
  readonly onChange: (name: Name) => void;
}

/** One of few, all of them seen: a filter, a kind. */
export function Segments<Name extends string>(props: SegmentsProps<Name>) {
  const { label, segments, value, onChange } = props;
  const group = useId();
  return (
    <div role="radiogroup" aria-label={label} className="segments">
      {segments.map(({ name, label, count }) => (
        <label key={name} className="segment">
          <input
            type="radio"
            name={group}
            checked={name === value}
            onChange={() => onChange(name)}
          />
          <span>{label}</span>
          {count !== undefined && <span className="segment-count numeric">{count}</span>}
        </label>
      ))}
    </div>
  );
}
