import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Replay } from '../../../../src/admin-api/index.ts';
import { operate } from '../../api/operations.ts';
import { usePlace } from '../../api/session.ts';
import { shortName } from '../../ui/arns.ts';
import { Badge } from '../../ui/badge.tsx';
import { ChangeButton } from '../../ui/change-button.tsx';
import { counted } from '../../ui/numbers.ts';
import { Progress } from '../../ui/progress.tsx';
import { wordsOf } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { isRunning, progressOf, toneOf } from './replay.ts';

export interface ReplaysProps {
  readonly replays: readonly Replay[];
  /** Names the archive, where they are of several. */
  readonly named?: boolean;
}

/** Replays, those under way and the latest first. */
export function Replays({ replays, named = false }: ReplaysProps) {
  const sorted = [...replays].sort(
    (a, b) => Number(isRunning(b)) - Number(isRunning(a)) || b.startedAtMs - a.startedAtMs,
  );
  return (
    <ul className="replays" aria-label="Replays">
      {sorted.map((replay) => (
        <ReplayRow key={replay.name} replay={replay} named={named} />
      ))}
    </ul>
  );
}

const PROGRESS = { ok: 'ok', fail: 'fail', retry: 'retry' } as const;

function ReplayRow({ replay, named }: { readonly replay: Replay; readonly named: boolean }) {
  const { name, archive, bus, state, fromMs, toMs, replayed, startedAtMs } = replay;
  const tone = toneOf(replay);
  return (
    <li className="replay">
      <div className="replay-head">
        <strong className="truncate">{name}</strong>
        <Badge tone={tone}>{state.toLowerCase()}</Badge>
        <span className="muted">
          {counted(replayed, 'event')}
          {named && ` of ${shortName(archive)}`} to bus {shortName(bus)}
        </span>
        <span className="replay-gap" />
        {isRunning(replay) && <Cancel replay={replay} />}
      </div>
      {state !== 'COMPLETED' && (
        <Progress
          label={`Replay ${name}`}
          value={progressOf(replay)}
          tone={tone in PROGRESS ? PROGRESS[tone as keyof typeof PROGRESS] : 'accent'}
        />
      )}
      <p className="replay-more muted">
        events of <Time atMs={fromMs} /> to <Time atMs={toMs} />, started{' '}
        <Time atMs={startedAtMs} as="ago" />
      </p>
    </li>
  );
}

function Cancel({ replay: { name, state } }: { readonly replay: Replay }) {
  const place = usePlace();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const cancel = async () => {
    setAsked(true);
    try {
      await operate(place, 'events/CancelReplay', { ReplayName: name });
    } catch (cause) {
      toast({ tone: 'fail', text: wordsOf(cause) });
      setAsked(false);
    }
    void client.invalidateQueries({ queryKey: ['archives'] });
  };
  return (
    <ChangeButton
      look="quiet"
      busy={asked || state === 'CANCELLING'}
      onClick={() => void cancel()}
      aria-label={`Cancel replay ${name}`}
    >
      Cancel
    </ChangeButton>
  );
}
