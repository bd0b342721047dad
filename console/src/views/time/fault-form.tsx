/** A new fault; says in a sentence what it will do before it is added. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { useTopology } from '../../api/topology.ts';
import { Button } from '../../ui/button.tsx';
import { ChangeButton } from '../../ui/change-button.tsx';
import { Field, Select, Switch } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { wordsOf } from '../../ui/states.tsx';
import { span } from '../../ui/when.ts';
import { type FaultDraft, faultWords, NO_FAULT, type Problems, readDraft } from './faults.ts';

const WHERE = [
  { name: 'api', label: 'Operations' },
  { name: 'delivery', label: 'Hand-overs' },
] as const;

interface PartProps {
  readonly draft: FaultDraft;
  readonly problems: Problems;
  readonly onChange: (change: Partial<FaultDraft>) => void;
}

export function FaultForm({ onDone }: { readonly onDone: () => void }) {
  const [draft, setDraft] = useState(NO_FAULT);
  const [isTold, setTold] = useState(false);
  const { spec, problems } = readDraft(draft);
  const isWrong = Object.keys(problems).length > 0;
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: () => post('faults', spec),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ['faults'] });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTold(true);
    if (!isWrong) add.mutate();
  };
  const change = (part: Partial<FaultDraft>) => setDraft({ ...draft, ...part });
  const parts = { draft, problems: isTold ? problems : {}, onChange: change };
  return (
    <form className="fault-form" onSubmit={submit}>
      <Segments
        label="What the fault is of"
        segments={WHERE}
        value={draft.at}
        onChange={(at) => change({ at })}
      />
      {draft.at === 'api' ? <OfApi {...parts} /> : <OfDelivery {...parts} />}
      <Effect {...parts} />
      <p className="fault-preview" role="status">
        {isWrong ? 'It does nothing yet.' : faultWords(spec)}
      </p>
      {add.error && (
        <p className="field-error" role="alert">
          {wordsOf(add.error)}
        </p>
      )}
      <div className="fault-actions">
        <Button onClick={onDone}>Cancel</Button>
        <ChangeButton type="submit" look="primary" busy={add.isPending}>
          Add
        </ChangeButton>
      </div>
    </form>
  );
}

function OfApi({ draft, onChange }: PartProps) {
  const { services } = useSession();
  const names = services.map((name) => ({ value: name, label: name }));
  return (
    <div className="fault-fields">
      <Select
        label="Service"
        value={draft.service}
        onChange={(service) => onChange({ service })}
        options={[{ value: '', label: 'Any' }, ...names]}
      />
      <Field
        label="Operation"
        placeholder="Any; SendMessage"
        value={draft.operation}
        onChange={(operation) => onChange({ operation })}
      />
    </div>
  );
}

/** Hand-overs have a rule, a subscription and a target: each can be meant. */
function OfDelivery({ draft, onChange }: PartProps) {
  const list = useId();
  const { data } = useTopology();
  const arns = data?.nodes.filter(({ kind }) => kind !== 'bus' && kind !== 'table') ?? [];
  return (
    <>
      <Field
        label="Rule, subscription or target"
        hint="An ARN; with * at its end, all that begin so. Empty: every hand-over."
        mono
        list={list}
        value={draft.arn}
        onChange={(arn) => onChange({ arn })}
      />
      <datalist id={list}>
        {arns.map(({ arn }) => (
          <option key={arn} value={arn} />
        ))}
      </datalist>
    </>
  );
}

const CODES = {
  api: ['ThrottlingException', 'InternalFailure', 'ServiceUnavailable', 'AccessDeniedException'],
  delivery: ['TIMEOUT', 'SDK_CLIENT_ERROR', 'NO_PERMISSIONS', 'THROTTLING', 'INTERNAL_ERROR'],
};

function Effect({ draft, problems, onChange }: PartProps) {
  const list = useId();
  const isDelivery = draft.at === 'delivery';
  const delayMs = Number(draft.delay);
  return (
    <>
      <div className="fault-fields">
        <Field
          label="Error code"
          placeholder="None"
          mono
          list={list}
          value={draft.error}
          error={problems.error}
          onChange={(error) => onChange({ error })}
        />
        <datalist id={list}>
          {CODES[draft.at].map((code) => (
            <option key={code} value={code} />
          ))}
        </datalist>
        <Field
          label="Later by (ms)"
          inputMode="numeric"
          placeholder="0"
          hint={delayMs >= 1_000 ? span(delayMs) : undefined}
          value={draft.delay}
          error={problems.delay}
          onChange={(delay) => onChange({ delay })}
        />
      </div>
      <div className="fault-fields">
        <Field
          label="In % of all cases"
          inputMode="decimal"
          value={draft.percent}
          error={problems.percent}
          onChange={(percent) => onChange({ percent })}
        />
        <Field
          label="Times at most"
          inputMode="numeric"
          placeholder="No end"
          value={draft.times}
          error={problems.times}
          onChange={(times) => onChange({ times })}
        />
        <Field
          label="Seed"
          inputMode="numeric"
          placeholder="Drawn"
          value={draft.seed}
          error={problems.seed}
          onChange={(seed) => onChange({ seed })}
        />
      </div>
      {isDelivery && (
        <Switch
          label="Hand it over twice"
          checked={draft.duplicate && draft.error === ''}
          disabled={draft.error !== ''}
          onChange={(duplicate) => onChange({ duplicate })}
        />
      )}
    </>
  );
}
