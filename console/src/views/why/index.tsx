/** Why did it not arrive: one event and its ways, or all events of a bus that nobody took. */
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import type { MapNode } from '../../../../src/admin-api/index.ts';
import { useTopology } from '../../api/topology.ts';
import { text } from '../../state/query.ts';
import { useQueryChange, useQueryState, useViewHref } from '../../state/url.ts';
import { shortName } from '../../ui/arns.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EventWhy } from './event-why.tsx';
import { Unmatched } from './unmatched.tsx';
import './why.css';

const ID = text();
const OF = text();
const BUS = text();

export function WhyView() {
  const [id] = useQueryState('id', ID);
  const [of] = useQueryState('of', OF);
  const [bus] = useQueryState('bus', BUS);
  const change = useQueryChange();
  const choose = (next: string | undefined) => change({ id: next, of: undefined });
  const buses = useBuses();
  return (
    <div className="view">
      <header className="view-head">
        <h1>Why</h1>
        <AskForm key={id} id={id} />
        <BusSelect buses={buses} bus={bus} />
      </header>
      <div className="view-body">
        {bus && (
          <SplitPane
            label="the event"
            size={560}
            side={
              id && (
                <Panel title="Why nobody took it" onClose={() => choose(undefined)}>
                  <EventWhy id={id} of={of} />
                </Panel>
              )
            }
          >
            <Unmatched bus={bus} selected={id} onSelect={choose} />
          </SplitPane>
        )}
        {!bus && id && <EventWhy id={id} of={of} />}
        {!bus && !id && <Start buses={buses} />}
      </div>
    </div>
  );
}

/** The map knows them, and has them for its own view too. */
function useBuses(): readonly MapNode[] {
  const { data } = useTopology();
  return data?.nodes.filter(({ kind, declared }) => kind === 'bus' && declared) ?? [];
}

function AskForm({ id }: { readonly id: string }) {
  const change = useQueryChange();
  const [wanted, setWanted] = useState(id);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    if (!wanted.trim()) return;
    change({ id: wanted.trim(), of: undefined, bus: undefined }, { push: true });
  };
  return (
    <form className="why-ask" onSubmit={ask}>
      <Field
        label="Id of an event, message or record"
        quiet
        mono
        placeholder="Id of an event, message or record"
        value={wanted}
        onChange={setWanted}
      />
      <Button type="submit" look="primary">
        Ask
      </Button>
    </form>
  );
}

interface BusSelectProps {
  readonly buses: readonly MapNode[];
  readonly bus: string;
}

function BusSelect({ buses, bus }: BusSelectProps) {
  const change = useQueryChange();
  const known = buses.map(({ arn, name }) => ({ value: arn, label: `Unmatched on ${name}` }));
  const isKnown = bus === '' || known.some(({ value }) => value === bus);
  const options = [
    { value: '', label: 'One event' },
    ...known,
    ...(isKnown ? [] : [{ value: bus, label: `Unmatched on ${shortName(bus)}` }]),
  ];
  return (
    <Select
      label="What to ask about"
      quiet
      value={bus}
      onChange={(next) => change({ bus: next, id: undefined, of: undefined }, { push: true })}
      options={options}
    />
  );
}

/** Neither an event nor a bus is chosen yet. */
function Start({ buses }: { readonly buses: readonly MapNode[] }) {
  const href = useViewHref();
  return (
    <div className="why-start">
      <section>
        <h2>
          <Icon name="why" /> Of one event
        </h2>
        <p>
          For each rule, subscription and mapping where it was published: whether it took the event,
          and if not, which field is to blame. Choose one in the{' '}
          <Link href={href('tail')}>tail</Link>, or paste its id above.
        </p>
      </section>
      <section>
        <h2>
          <Icon name="filter" /> Of all that nobody took
        </h2>
        <p>Events that matched no rule of their bus, each with the rule that came nearest.</p>
        <ul className="why-buses">
          {buses.map(({ arn, name }) => (
            <li key={arn}>
              <Link href={href('why', { bus: arn })}>
                <KindIcon kind="bus" /> {name}
              </Link>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
