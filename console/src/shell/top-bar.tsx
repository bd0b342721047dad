import { type FormEvent, type RefObject, useState } from 'react';
import { useConnection } from '../api/connection.ts';
import { useNow, usePlace, useSession } from '../api/session.ts';
import { useGoTo, useQueryChange } from '../state/url.ts';
import { Badge, Kbd } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { clockTime } from '../ui/when.ts';

export interface TopBarProps {
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onPalette: () => void;
}

export function TopBar({ search, onPalette }: TopBarProps) {
  return (
    <header className="top">
      <PlaceSwitch />
      <Search input={search} />
      <Button look="quiet" aria-keyshortcuts="Control+K Meta+K" onClick={onPalette}>
        Go to <Kbd>Ctrl K</Kbd>
      </Button>
      <Clock />
      <ConnectionState />
    </header>
  );
}

function PlaceSwitch() {
  const session = useSession();
  const place = usePlace();
  const change = useQueryChange();
  const here = `${place.account} ${place.region}`;
  const known = session.places.map(({ account, region }) => `${account} ${region}`);
  const all = [...new Set([`${session.account} ${session.region}`, ...known, here])];
  const go = (chosen: string) => {
    const [account, region] = chosen.split(' ');
    change({ account, region }, { push: true });
  };
  return (
    <Select
      label="Account and Region"
      quiet
      value={here}
      onChange={go}
      options={all.map((value) => ({ value, label: value.replace(' ', ' · ') }))}
    />
  );
}

function Search({ input }: { readonly input: RefObject<HTMLInputElement | null> }) {
  const [id, setId] = useState('');
  const goTo = useGoTo();
  const go = (event: FormEvent) => {
    event.preventDefault();
    if (!id.trim()) return;
    goTo('trace', { id: id.trim() });
    setId('');
    input.current?.blur();
  };
  return (
    <search className="top-search">
      <form onSubmit={go}>
        <Icon name="search" />
        <input
          ref={input}
          type="text"
          aria-label="Trace an event by its id"
          placeholder="Trace an event, message or request by its id"
          autoComplete="off"
          spellCheck={false}
          value={id}
          onChange={(event) => setId(event.target.value)}
        />
        <Kbd>/</Kbd>
      </form>
    </search>
  );
}

function Clock() {
  const { clock } = useSession();
  const nowMs = useNow();
  if (clock === 'real') return null;
  return (
    <Badge tone="accent" title="The stack runs on a virtual clock">
      {clockTime(nowMs, nowMs).slice(0, 8)} virtual
    </Badge>
  );
}

const WORDS = { connected: 'Connected', connecting: 'Connecting', lost: 'Not connected' } as const;

function ConnectionState() {
  const connection = useConnection();
  return (
    <div className="top-connection" role="status" data-state={connection}>
      {WORDS[connection]}
    </div>
  );
}
