/** What is made to fail, or to be late: the list, and how often each has struck. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FaultRule } from '../../../../src/admin-api/index.ts';
import { get, post } from '../../api/client.ts';
import { Badge } from '../../ui/badge.tsx';
import { ChangeButton } from '../../ui/change-button.tsx';
import { EmptyState, ErrorState, Skeleton, wordsOf } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { FaultForm } from './fault-form.tsx';
import { faultWords } from './faults.ts';

/** Hits are counted while one looks. */
const AGAIN_MS = 2_000;
const KEY = ['faults'];

export function FaultsPanel() {
  const [isAdding, setAdding] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get('faults', {}, signal),
    refetchInterval: AGAIN_MS,
  });
  const remove = useRemove();
  const faults = data?.faults ?? [];
  return (
    <section className="time-part" aria-labelledby="faults-head">
      <header className="time-head">
        <h2 id="faults-head">Faults</h2>
        {faults.length > 1 && (
          <ChangeButton
            look="danger"
            busy={remove.isPending}
            onClick={() => remove.mutate({ all: true })}
          >
            Remove all
          </ChangeButton>
        )}
        {!isAdding && (
          <ChangeButton icon="plus" onClick={() => setAdding(true)}>
            Add a fault
          </ChangeButton>
        )}
      </header>
      {isAdding && <FaultForm onDone={() => setAdding(false)} />}
      {error && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton lines={3} />}
      {data && faults.length === 0 && !isAdding && (
        <EmptyState title="Nothing is made to fail" icon="check">
          A fault refuses operations, or lets hand-overs fail, be late or come twice: always, or in
          a share of all cases that a seed repeats.
        </EmptyState>
      )}
      <ul className="faults">
        {faults.map((fault) => (
          <Fault key={fault.id} fault={fault} onRemove={() => remove.mutate({ id: fault.id })} />
        ))}
      </ul>
    </section>
  );
}

function useRemove() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (which: { readonly id: string } | { readonly all: true }) =>
      post('faults/remove', which),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
    onError: (error) => toast({ tone: 'fail', text: wordsOf(error) }),
  });
}

interface FaultProps {
  readonly fault: FaultRule;
  readonly onRemove: () => void;
}

function Fault({ fault, onRemove }: FaultProps) {
  const { id, arn, times, hits, misses, seed } = fault;
  const isOver = times !== undefined && hits >= times;
  return (
    <li className="fault" data-over={isOver || undefined}>
      <div className="fault-words">
        <p title={arn}>{faultWords(fault)}</p>
        <p className="fault-more">
          <span className="mono">{id}</span> seed <span className="mono">{seed}</span>
        </p>
      </div>
      {isOver ? <Badge>has ended</Badge> : <Badge tone="retry">on</Badge>}
      <span className="fault-hits numeric" title="How often it has struck, and how often not">
        {hits} of {hits + misses}
        <span className="unseen"> struck</span>
      </span>
      <ChangeButton look="quiet" aria-label={`Remove ${id}`} onClick={onRemove}>
        Remove
      </ChangeButton>
    </li>
  );
}
