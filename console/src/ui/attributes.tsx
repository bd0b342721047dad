import type { MessageAttribute } from '../../../src/admin-api/index.ts';
import './attributes.css';

export interface AttributesProps {
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** A message's attributes: name, type, value. */
export function Attributes({ attributes }: AttributesProps) {
  return (
    <table className="attributes">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="muted">{DataType}</td>
            <td className="mono">{StringValue ?? BinaryValue}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
