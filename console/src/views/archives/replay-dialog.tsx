import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ArchiveSummary } from '../../../../src/admin-api/index.ts';
import { operate } from '../../api/operations.ts';
import { type Place, usePlace } from '../../api/session.ts';
import { shortName } from '../../ui/arns.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Field } from '../../ui/field.tsx';
import { counted } from '../../ui/numbers.ts';
import { toast } from '../../ui/toast.tsx';
import { fieldOf, momentOfField } from '../../ui/when.ts';
import { type Faults, faultsOf, type ReplayDraft, rulesWords, startReplayOf } from './replay.ts';

export interface ReplayDialogProps {
  readonly archive: ArchiveSummary;
  /** What is in the fields at first. */
  readonly first: ReplayDraft;
  /** The list behind it is narrowed by a pattern, which a replay knows nothing of. */
  readonly narrowed: boolean;
  readonly onClose: () => void;
}

interface Rule {
  readonly Name: string;
  readonly Arn: string;
  readonly State: string;
  readonly ManagedBy?: string;
}

/** Says what a replay will do, lets choose of what and to which rules, and starts it. */
export function ReplayDialog({ archive, first, narrowed, onClose }: ReplayDialogProps) {
  const place = usePlace();
  const client = useQueryClient();
  const rules = useRules(place, shortName(archive.bus));
  const [draft, setDraft] = useState(first);
  const faults = faultsOf(draft);
  const start = async () => {
    await operate(place, 'events/StartReplay', startReplayOf(archive.arn, archive.bus, draft));
    toast({ tone: 'ok', text: `Replay ${draft.name} has started.` });
    void client.invalidateQueries({ queryKey: ['archives'] });
  };
  return (
    <Confirm
      title={`Replay ${archive.name}`}
      verb="Start replay"
      disabled={Object.keys(faults).length > 0}
      onConfirm={start}
      onClose={onClose}
    >
      <WhatHappens archive={archive} rules={rules} draft={draft} />
      {narrowed && (
        <p className="muted">The pattern of the list does not narrow the replay: rules have one.</p>
      )}
      <Range draft={draft} onChange={setDraft} faults={faults} />
      <Rules
        rules={rules}
        chosen={draft.rules}
        onChange={(rules) => setDraft({ ...draft, rules })}
      />
      <Field
        label="Name of the replay"
        value={draft.name}
        onChange={(name) => setDraft({ ...draft, name })}
        error={faults.name}
      />
    </Confirm>
  );
}

function useRules(place: Place, bus: string): readonly Rule[] {
  const { data } = useQuery({
    queryKey: ['rules', place, bus],
    queryFn: () => allRules(place, bus),
  });
  // An archive's own rule takes nothing that is replayed.
  return (data ?? []).filter(({ ManagedBy }) => ManagedBy === undefined);
}

interface RulesPage {
  readonly Rules?: readonly Rule[];
  readonly NextToken?: string;
}

/** Every one of them: a replay to some rules goes to those that are named, and to no other. */
async function allRules(place: Place, EventBusName: string): Promise<readonly Rule[]> {
  const found: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const input = { EventBusName, ...(NextToken !== undefined && { NextToken }) };
    const page: RulesPage = await operate<RulesPage>(place, 'events/ListRules', input);
    found.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

interface WhatHappensProps {
  readonly archive: ArchiveSummary;
  readonly rules: readonly Rule[];
  readonly draft: ReplayDraft;
}

function WhatHappens({ archive, rules, draft }: WhatHappensProps) {
  const names = new Map(rules.map(({ Arn, Name }) => [Arn, Name]));
  return (
    <p>
      Events of this span are put on bus <strong>{shortName(archive.bus)}</strong> again, in the
      order of their time, for {rulesWords(draft.rules, names)}. What these lead to happens once
      more. The archive holds {counted(archive.events, 'event')} in all and does not take replayed
      ones in again.
    </p>
  );
}

interface RangeProps {
  readonly draft: ReplayDraft;
  readonly onChange: (draft: ReplayDraft) => void;
  readonly faults: Faults;
}

function Range({ draft, onChange, faults }: RangeProps) {
  return (
    <div className="replay-range">
      <Field
        label="From"
        type="datetime-local"
        step="1"
        value={fieldOf(draft.fromMs)}
        onChange={(text) => onChange({ ...draft, fromMs: momentOfField(text) })}
        error={faults.from}
      />
      <Field
        label="To"
        type="datetime-local"
        step="1"
        value={fieldOf(draft.toMs)}
        onChange={(text) => onChange({ ...draft, toMs: momentOfField(text) })}
        error={faults.to}
      />
    </div>
  );
}

interface RulesProps {
  readonly rules: readonly Rule[];
  /** None: all. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

function Rules({ rules, chosen, onChange }: RulesProps) {
  const toggle = (arn: string, on: boolean) => {
    const before = chosen.length > 0 ? chosen : rules.map(({ Arn }) => Arn);
    const after = on ? [...before, arn] : before.filter((one) => one !== arn);
    // None of them would mean all: the last one stays.
    if (after.length > 0) onChange(after.length === rules.length ? [] : after);
  };
  if (rules.length === 0) return null;
  return (
    <fieldset className="replay-rules">
      <legend>To these rules of the bus</legend>
      {rules.map(({ Arn, Name, State }) => (
        <label key={Arn}>
          <input
            type="checkbox"
            checked={chosen.length === 0 || chosen.includes(Arn)}
            onChange={(event) => toggle(Arn, event.target.checked)}
          />
          <span className="truncate">{Name}</span>
          {State === 'DISABLED' && <span className="muted">disabled, takes nothing</span>}
        </label>
      ))}
    </fieldset>
  );
}
