/** Everything by its name: views, resources, events, actions. Opened by Ctrl or Cmd with K. */
import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { get } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { useTopology } from '../../api/topology.ts';
import { useGoTo } from '../../state/url.ts';
import { Kbd } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icon.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { useTheme } from '../theme.ts';
import { type Entry, type EntryGroup, groupsFor } from './entries.ts';
import { useLater } from './use-later.ts';
import './palette.css';

export interface PaletteProps {
  readonly onClose: () => void;
  readonly onKeys: () => void;
}

export function Palette({ onClose, onKeys }: PaletteProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="palette-backdrop" />
        <Dialog.Popup className="palette">
          <Dialog.Title className="unseen">Go to, find, do</Dialog.Title>
          <Finder onClose={onClose} onKeys={onKeys} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ onClose, onKeys }: PaletteProps) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const groups = useGroups(query);
  const entries = groups.flatMap((group) => group.entries);
  const chosen = Math.min(at, entries.length - 1);
  const run = useRun({ onClose, onKeys });
  const keys = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const entry = entries[chosen];
    if (event.key === 'Enter' && entry) run(entry);
    else if (step !== undefined && entries.length > 0) {
      setAt((chosen + step + entries.length) % entries.length);
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="palette-ask">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label="A view, a resource, an event’s id, an action"
          aria-expanded={entries.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={entries.length > 0 ? `${id}-${chosen}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder="A view, a resource, an event’s id, an action"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={keys}
        />
        <Kbd>esc</Kbd>
      </div>
      <List id={id} groups={groups} chosen={chosen} onRun={run} />
      <p className="unseen" role="status">
        {entries.length === 0 ? 'Nothing found' : `${entries.length} found`}
      </p>
    </>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

interface ListProps {
  readonly id: string;
  readonly groups: readonly EntryGroup[];
  readonly chosen: number;
  readonly onRun: (entry: Entry) => void;
}

function List({ id, groups, chosen, onRun }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is chosen comes into view.
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, groups]);
  let count = 0;
  return (
    <div ref={box} role="listbox" id={`${id}-list`} aria-label="Found" className="palette-list">
      {groups.map(({ title, entries }) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options is no fieldset.
        <div key={title} role="group" aria-label={title}>
          <p className="palette-title" aria-hidden="true">
            {title}
          </p>
          {entries.map((entry) => {
            const index = count;
            count += 1;
            return (
              <Option
                key={entry.id}
                id={`${id}-${index}`}
                entry={entry}
                isChosen={index === chosen}
                onRun={onRun}
              />
            );
          })}
        </div>
      ))}
      {count === 0 && <p className="palette-none">Nothing of that name.</p>}
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly entry: Entry;
  readonly isChosen: boolean;
  readonly onRun: (entry: Entry) => void;
}

function Option({ id, entry, isChosen, onRun }: OptionProps) {
  const { label, icon, kind, hint, keys = [] } = entry;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys.
    // biome-ignore lint/a11y/useFocusableInteractive: the field above has the focus.
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      className="palette-option"
      onClick={() => onRun(entry)}
    >
      {kind && <KindIcon kind={kind} />}
      {icon && <Icon name={icon} />}
      <span className="palette-label">{label}</span>
      {hint && <span className="palette-hint">{hint}</span>}
      {keys.map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </div>
  );
}

const MOST_EVENTS = 5;
/** Shorter texts stand in everything. */
const LEAST_LETTERS = 3;

function useGroups(query: string): readonly EntryGroup[] {
  const session = useSession();
  const { data: map } = useTopology();
  const text = useLater(query.trim());
  const isLong = text.length >= LEAST_LETTERS;
  const { data: tail } = useQuery({
    queryKey: ['tail', 'palette', text],
    queryFn: ({ signal }) => get('tail', { text, limit: MOST_EVENTS }, signal),
    enabled: isLong,
    retry: false,
  });
  const events = isLong && query.trim() === text ? (tail?.events ?? []) : [];
  return groupsFor(query, {
    session,
    nodes: map?.nodes ?? [],
    events: events.slice(0, MOST_EVENTS),
  });
}

function useRun({ onClose, onKeys }: PaletteProps): (entry: Entry) => void {
  const goTo = useGoTo();
  const [, nextTheme] = useTheme();
  return ({ does }) => {
    // Several themes may be tried one after the other.
    if (does.kind === 'theme') return nextTheme();
    onClose();
    if (does.kind === 'keys') onKeys();
    else goTo(does.view, does.query);
  };
}
