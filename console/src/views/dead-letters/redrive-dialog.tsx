import { useState } from 'react';
import type { DeadLetterQueue } from '../../../../src/admin-api/index.ts';
import { useAllQueues } from '../../api/queues.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { count, counted } from '../../ui/numbers.ts';
import { toast } from '../../ui/toast.tsx';
import {
  atLeast,
  homeless,
  MOST_PER_SECOND,
  rateOf,
  redriveOf,
  type Scope,
  sizeOf,
  whereTo,
} from './redrive.ts';
import { useRedrive } from './use-dead-letters.ts';

export interface RedriveDialogProps {
  readonly queue: DeadLetterQueue;
  readonly scope: Scope;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Says what will happen, lets choose where to and how fast, and does it. */
export function RedriveDialog({ queue, scope, onDone, onClose }: RedriveDialogProps) {
  const redrive = useRedrive();
  const [to, setTo] = useState('');
  const [rateText, setRateText] = useState('');
  const rate = rateOf(rateText);
  const size = sizeOf(scope);
  const lost = to === '' ? homeless(scope) : 0;
  const target = to === '' ? undefined : to;
  const confirm = async () => {
    const done = await redrive(redriveOf(queue.arn, scope, { to: target, rate: rate ?? '' }));
    if ('moved' in done && Array.isArray(done.moved)) {
      toast({ tone: 'ok', text: `${counted(done.moved.length, 'message')} redriven.` });
    }
    onDone();
  };
  return (
    <Confirm
      title={`Redrive ${counted(size, 'message')}`}
      verb={`Redrive ${count(size)}`}
      disabled={lost > 0 || rate === undefined}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        <WhatHappens queue={queue} scope={scope} to={target} />
      </p>
      <TargetSelect queue={queue.arn} value={to} onChange={setTo} homeless={lost} />
      {scope.kind !== 'messages' && (
        <Field
          label="At most so many a second"
          inputMode="numeric"
          placeholder="as fast as it goes"
          value={rateText}
          onChange={setRateText}
          error={rate === undefined ? `A whole number from 1 to ${MOST_PER_SECOND}.` : undefined}
          hint={rateHint(size, rate)}
        />
      )}
    </Confirm>
  );
}

function rateHint(size: number, rate: number | '' | undefined): string {
  const time = atLeast(size, rate ?? '');
  const goesOn = 'It goes on in the server when this page is closed, and can be cancelled.';
  return time ? `Takes ${time} at least. ${goesOn}` : goesOn;
}

interface WhatHappensProps {
  readonly queue: DeadLetterQueue;
  readonly scope: Scope;
  readonly to: string | undefined;
}

function WhatHappens({ queue, scope, to }: WhatHappensProps) {
  const size = sizeOf(scope);
  const [they, go] = size === 1 ? ['It', 'goes'] : ['They', 'go'];
  return (
    <>
      {counted(size, 'message')} {size === 1 ? 'leaves' : 'leave'} <strong>{queue.name}</strong>
      {scope.kind === 'group' && (
        <>
          {' '}
          (those with <strong>{scope.group.code}</strong>)
        </>
      )}{' '}
      and {size === 1 ? 'goes' : 'go'} {whereTo(scope, to)}. {they} {go} under{' '}
      {size === 1 ? 'a new id' : 'new ids'}, with the receive count back at 0: whoever reads there
      handles {size === 1 ? 'it' : 'them'} once more.
    </>
  );
}

export interface TargetSelectProps {
  /** The queue that they leave. */
  readonly queue: string;
  /** '' is where each came from. */
  readonly value: string;
  readonly onChange: (arn: string) => void;
  /** How many have no known origin. */
  readonly homeless: number;
}

export function TargetSelect({ queue, value, onChange, homeless }: TargetSelectProps) {
  const queues = useAllQueues();
  const options = [
    { value: '', label: 'Where each came from' },
    ...queues
      .filter(({ arn }) => arn !== queue)
      .map(({ arn, name }) => ({ value: arn, label: `Queue ${name}` })),
  ];
  return (
    <Select
      label="To"
      value={value}
      onChange={onChange}
      options={options}
      error={
        homeless > 0
          ? `The origin of ${counted(homeless, 'message')} is not known: choose a queue.`
          : undefined
      }
    />
  );
}
