import { kindOf, shortName } from './arns.ts';
import { CopyButton } from './copy.tsx';
import './arn.css';

export interface ArnProps {
  readonly arn: string;
  /** Says before the name what it is: queue, bus … */
  readonly kind?: boolean;
  readonly copy?: boolean;
}

/** A resource by its name; the whole ARN is shown when pointed at. */
export function Arn({ arn, kind = false, copy = false }: ArnProps) {
  return (
    <span className="arn">
      {kind && <span className="arn-kind">{kindOf(arn)}</span>}
      <span className="arn-name" title={arn}>
        {shortName(arn)}
      </span>
      {copy && <CopyButton text={arn} what="ARN" />}
    </span>
  );
}

/** An id, whole; copied with a click where `copy` is given. */
export function Id({ id, copy = false }: { readonly id: string; readonly copy?: boolean }) {
  return (
    <span className="arn">
      <span className="arn-name mono" title={id}>
        {id}
      </span>
      {copy && <CopyButton text={id} what="id" />}
    </span>
  );
}
