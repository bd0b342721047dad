/** What goes on at a node: lines of the last minute, the depth of a queue. */
import { use } from 'react';
import type { MapEdge } from '../../../../src/admin-api/index.ts';
import { rateText } from '../../ui/figures.ts';
import type { ShownKind } from '../../ui/kinds.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { span } from '../../ui/when.ts';
import type { EdgeCount, NodeCount } from './traffic.ts';
import { TrafficContext, useFigure } from './use-map.ts';
import { EDGE_COUNTS, NODE_COUNTS } from './words.ts';

export interface NodeTrafficProps {
  readonly arn: string;
  readonly kind: ShownKind;
  readonly edges: readonly MapEdge[];
}

const NODE_NAMES = Object.keys(NODE_COUNTS) as NodeCount[];
const EDGE_NAMES = Object.keys(EDGE_COUNTS) as EdgeCount[];

export function NodeTrafficPanel({ arn, kind, edges }: NodeTrafficProps) {
  const own = useFigure((store) =>
    NODE_NAMES.filter((name) => store.count([arn], [name]) > 0).join(' '),
  );
  const out = edges.filter(({ from }) => from === arn).map(({ id }) => id);
  const along = useFigure((store) =>
    EDGE_NAMES.filter((name) => store.count(out, [name]) > 0).join(' '),
  );
  const isQueue = kind === 'queue' || kind === 'dead-letter-queue';
  return (
    <section>
      <h3 className="details-head">
        Traffic <span className="muted">last minute</span>
      </h3>
      {isQueue && <Depth arn={arn} />}
      {own === '' && along === '' && <p className="muted">Nothing went on here.</p>}
      <dl className="details-traffic">
        {NODE_NAMES.filter((name) => own.split(' ').includes(name)).map((name) => (
          <Line key={name} keys={[arn]} name={name} label={NODE_COUNTS[name]} />
        ))}
        {EDGE_NAMES.filter((name) => along.split(' ').includes(name)).map((name) => (
          <Line key={name} keys={out} name={name} label={`${EDGE_COUNTS[name]} from here`} />
        ))}
      </dl>
    </section>
  );
}

interface LineProps {
  readonly keys: readonly string[];
  readonly name: NodeCount | EdgeCount;
  readonly label: string;
}

function Line({ keys, name, label }: LineProps) {
  const store = use(TrafficContext);
  const rate = useFigure((now) => rateText(now.rate(keys, [name])));
  // The line moves on once a second, with its rate or without.
  useFigure((now) => now.second);
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <Sparkline values={store.line(keys, [name])} label={`${label}, now ${rate}`} width={160} />
      </dd>
      <dd className="numeric">{rate}</dd>
    </div>
  );
}

function Depth({ arn }: { readonly arn: string }) {
  const text = useFigure((store) => {
    const depth = store.depth([arn]);
    if (!depth) return '';
    const { visible, inFlight, delayed, oldestAgeMs } = depth;
    return [visible, inFlight, delayed, oldestAgeMs > 0 ? span(oldestAgeMs) : '–'].join('\n');
  });
  if (text === '') return null;
  const [visible, inFlight, delayed, oldest] = text.split('\n');
  return (
    <dl className="details-depth">
      {[
        ['Visible', visible],
        ['In flight', inFlight],
        ['Delayed', delayed],
        ['Oldest', oldest],
      ].map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="numeric">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
