import { useId, useState } from 'react';
import type { MapNode } from '../../../../src/admin-api/index.ts';
import { useTopology } from '../../api/topology.ts';
import { shortName } from '../../ui/arns.ts';
import { Field } from '../../ui/field.tsx';
import { formOf } from './drafts.ts';

export interface TargetProps {
  readonly arn: string;
  readonly onChange: (arn: string) => void;
}

const GROUPS = [
  { kind: 'bus', label: 'Buses' },
  { kind: 'topic', label: 'Topics' },
  { kind: 'queue', label: 'Queues' },
  { kind: 'stream', label: 'Streams' },
  { kind: 'function', label: 'Functions' },
] as const;

const OTHER = 'other';

/** Where to: one of what there is, or any ARN. */
export function Target({ arn, onChange }: TargetProps) {
  const id = useId();
  const nodes = useNodes();
  const [other, setOther] = useState(false);
  const choose = (value: string) => {
    setOther(value === OTHER);
    onChange(value === OTHER ? '' : value);
  };
  const known = nodes.some((node) => node.arn === arn);
  return (
    <div className="send-target">
      <div className="field">
        <label htmlFor={id} className="field-label">
          To
        </label>
        <select
          id={id}
          className="input select"
          value={other ? OTHER : arn}
          onChange={({ target }) => choose(target.value)}
        >
          <option value="">Choose a target</option>
          {arn !== '' && !known && <option value={arn}>{shortName(arn)}</option>}
          {GROUPS.map(({ kind, label }) => (
            <Group key={kind} label={label} nodes={nodes.filter((node) => node.kind === kind)} />
          ))}
          <option value={OTHER}>Another ARN</option>
        </select>
      </div>
      {other && (
        <Field
          label="ARN"
          mono
          placeholder="arn:aws:sqs:us-east-1:000000000000:orders"
          value={arn}
          onChange={(value) => onChange(value.trim())}
          error={
            arn && !formOf(arn)
              ? 'Nothing can be sent there: it is no bus, topic, queue, …'
              : undefined
          }
        />
      )}
    </div>
  );
}

interface GroupProps {
  readonly label: string;
  readonly nodes: readonly MapNode[];
}

function Group({ label, nodes }: GroupProps) {
  if (nodes.length === 0) return null;
  const sorted = [...nodes].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <optgroup label={label}>
      {sorted.map(({ arn, name }) => (
        <option key={arn} value={arn}>
          {name}
        </option>
      ))}
    </optgroup>
  );
}

function useNodes(): readonly MapNode[] {
  const { data } = useTopology();
  return (data?.nodes ?? []).filter(({ declared, arn }) => declared && formOf(arn));
}
