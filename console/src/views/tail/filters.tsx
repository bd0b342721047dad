import { useState } from 'react';
import { useNow } from '../../api/session.ts';
import { useDraft } from '../../state/draft.ts';
import type { Changes } from '../../state/query.ts';
import { Button } from '../../ui/button.tsx';
import { Editor } from '../../ui/editor.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { patternProblem } from '../../ui/pattern-text.ts';
import { fieldOf, momentOfField } from '../../ui/when.ts';
import { FORMS, type TailFilter } from './filter.ts';

export interface FiltersProps {
  readonly filter: TailFilter;
  readonly change: (changes: Changes) => void;
  /** Why the server does not take the filter. */
  readonly refusal: string | undefined;
}

export function Filters({ filter, change, refusal }: FiltersProps) {
  const [open, setOpen] = useState(filter.pattern !== '');
  const [text, setText] = useDraft(filter.text, (draft) => change({ text: draft }));
  const [arn, setArn] = useDraft(filter.arn, (draft) => change({ arn: draft.trim() }));
  const form = [
    { value: 'any' as const, label: 'All kinds' },
    ...FORMS.map((value) => ({ value, label: `${value}s` })),
  ];
  return (
    <search className="tail-filters">
      <div className="tail-filter-row">
        <Field
          label="Text in the content"
          quiet
          placeholder="Text in the content"
          value={text}
          onChange={setText}
        />
        <Field
          label="ARN, with * at the end for a prefix"
          quiet
          mono
          placeholder="ARN, or a prefix with *"
          value={arn}
          onChange={setArn}
        />
        <Select
          label="Kind"
          quiet
          value={filter.form}
          options={form}
          onChange={(value) => change({ form: value === 'any' ? undefined : value })}
        />
        <TimeRange filter={filter} change={change} />
        <Button
          icon="filter"
          aria-pressed={filter.pattern !== ''}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          Pattern
        </Button>
      </div>
      {open && <PatternEditor filter={filter} change={change} refusal={refusal} />}
      {!open && refusal && <p className="field-error">{refusal}</p>}
    </search>
  );
}

function PatternEditor({ filter, change, refusal }: FiltersProps) {
  const commit = (draft: string) => {
    if (!patternProblem(draft)) change({ pattern: draft.trim() });
  };
  const [draft, setDraft] = useDraft(filter.pattern, commit);
  return (
    <div className="tail-pattern">
      <Editor
        label="Event pattern"
        value={draft}
        onChange={setDraft}
        lines={4}
        error={patternProblem(draft) ?? refusal}
        hint="As a rule of EventBridge has it. A message matches by its body where that is JSON."
        onSubmit={() => commit(draft)}
      />
      {draft && (
        <Button look="quiet" icon="close" onClick={() => setDraft('')}>
          Clear
        </Button>
      )}
    </div>
  );
}

const SPANS = [
  { value: '300000', label: 'Last 5 minutes' },
  { value: '3600000', label: 'Last hour' },
  { value: '86400000', label: 'Last day' },
] as const;

function TimeRange({ filter: { fromMs, toMs }, change }: Omit<FiltersProps, 'refusal'>) {
  const nowMs = useNow();
  const narrowed = fromMs !== undefined || toMs !== undefined;
  const choose = (value: string) => {
    if (value === 'between') return;
    const from = value === 'any' ? undefined : Math.floor(nowMs - Number(value));
    change({ from, to: undefined });
  };
  const own = narrowed ? [{ value: 'between', label: 'Between' }] : [];
  return (
    <>
      <Select
        label="Time"
        quiet
        value={narrowed ? 'between' : 'any'}
        options={[{ value: 'any', label: 'Any time' }, ...SPANS, ...own]}
        onChange={choose}
      />
      {narrowed && (
        <>
          <Moment label="From" atMs={fromMs} onChange={(from) => change({ from })} />
          <Moment label="To" atMs={toMs} onChange={(to) => change({ to })} />
        </>
      )}
    </>
  );
}

interface MomentProps {
  readonly label: string;
  readonly atMs: number | undefined;
  readonly onChange: (atMs: number | undefined) => void;
}

function Moment({ label, atMs, onChange }: MomentProps) {
  return (
    <Field
      label={label}
      quiet
      title={label}
      type="datetime-local"
      step="1"
      value={fieldOf(atMs)}
      onChange={(text) => onChange(momentOfField(text))}
    />
  );
}
