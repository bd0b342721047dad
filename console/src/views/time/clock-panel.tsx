/** The stack's clock: what it says, and, where it is virtual, how it is moved on. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { post } from '../../api/client.ts';
import { useNow, useSession } from '../../api/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { ChangeButton } from '../../ui/change-button.tsx';
import { Code } from '../../ui/copy.tsx';
import { Field } from '../../ui/field.tsx';
import { wordsOf } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';

const STEPS = [
  ['1s', '1 s'],
  ['10s', '10 s'],
  ['1m', '1 min'],
  ['15m', '15 min'],
  ['1h', '1 h'],
  ['1d', '1 d'],
] as const;

/** Moves time; all that is shown may be another then. */
export function useAdvance() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (by: string | number) => post('clock/advance', { by }),
    onSuccess: (clock) => {
      client.setQueryData(['clock'], clock);
      return client.invalidateQueries();
    },
    onError: (error) => toast({ tone: 'fail', text: wordsOf(error) }),
  });
}

export type Advance = ReturnType<typeof useAdvance>;

export function ClockPanel({ advance }: { readonly advance: Advance }) {
  const { clock } = useSession();
  const nowMs = useNow();
  const now = new Date(nowMs);
  return (
    <section className="time-part" aria-labelledby="clock-head">
      <header className="time-head">
        <h2 id="clock-head">Clock</h2>
        <Badge tone={clock === 'virtual' ? 'accent' : 'neutral'}>{clock}</Badge>
      </header>
      <time className="clock-face" dateTime={now.toISOString()}>
        <span className="clock-day">{now.toISOString().slice(0, 10)}</span>
        <span className="clock-time">
          {now.toISOString().slice(11, clock === 'real' ? 19 : 23)}
        </span>
        <span className="clock-zone">UTC</span>
      </time>
      {clock === 'virtual' ? <Move advance={advance} /> : <Real />}
    </section>
  );
}

function Move({ advance }: { readonly advance: Advance }) {
  const [by, setBy] = useState('');
  const go = (event: FormEvent) => {
    event.preventDefault();
    if (by.trim()) advance.mutate(by.trim());
  };
  return (
    <>
      <p className="muted">
        It stands still until it is moved. What falls due on the way happens in its order.
      </p>
      <fieldset className="clock-steps">
        <legend className="unseen">Move on by</legend>
        {STEPS.map(([step, label]) => (
          <ChangeButton
            key={step}
            aria-label={`Move on by ${label}`}
            disabled={advance.isPending}
            onClick={() => advance.mutate(step)}
          >
            +{label}
          </ChangeButton>
        ))}
      </fieldset>
      <form className="clock-by" onSubmit={go}>
        <Field
          label="Move on by another span"
          quiet
          mono
          placeholder="1h30m, 250ms, PT15M"
          value={by}
          onChange={setBy}
        />
        <ChangeButton type="submit" look="primary" busy={advance.isPending} disabled={!by.trim()}>
          Move on
        </ChangeButton>
      </form>
    </>
  );
}

function Real() {
  return (
    <>
      <p className="muted">
        This server runs on the machine’s own time, which nobody can move. On a virtual clock,
        timeouts, delays, retries and schedules happen when you move time on: a day in a moment, and
        each run the same.
      </p>
      <Code text="millrace start --clock virtual" what="command" />
    </>
  );
}
