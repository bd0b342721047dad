import { useState } from 'react';
import type { ArchivedEvents, ArchiveSummary, Replay } from '../../../../src/admin-api/index.ts';
import { usePages } from '../../api/pages.ts';
import { useNow } from '../../api/session.ts';
import { moment, text } from '../../state/query.ts';
import { useQueryState, useViewHref } from '../../state/url.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Crumbs } from '../../ui/crumbs.tsx';
import { bytes, counted } from '../../ui/numbers.ts';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EventPane } from './event-pane.tsx';
import { EventTable } from './event-table.tsx';
import { Filters } from './filters.tsx';
import { freeName, type ReplayDraft } from './replay.ts';
import { ReplayDialog } from './replay-dialog.tsx';
import { Replays } from './replays.tsx';

const PATTERN = text();
const ID = text();
const EVERY_MS = 5_000;

/** Without a time to start from, this much before now. */
const SPAN_MS = 3_600_000;

const eventsOf = ({ events }: ArchivedEvents) => events;

export interface ArchiveProps {
  readonly archive: ArchiveSummary;
  readonly replays: readonly Replay[];
}

/** What one archive holds, and its replays. */
export function Archive({ archive, replays }: ArchiveProps) {
  const [pattern] = useQueryState('pattern', PATTERN);
  const [fromMs] = useQueryState('from', moment);
  const [toMs] = useQueryState('to', moment);
  const [id, setId] = useQueryState('id', ID);
  const [dialog, setDialog] = useState<ReplayDraft>();
  const nowMs = useNow();
  const list = usePages('archives/events', {
    query: { archive: archive.arn, pattern, fromMs, toMs },
    rowsOf: eventsOf,
    everyMs: EVERY_MS,
  });
  const chosen = list.rows.find((row) => row.id === id);
  const own = replays.filter((replay) => replay.archive === archive.arn);
  const ask = () => {
    const oldest = list.rows[0]?.atMs;
    const names = replays.map(({ name }) => name);
    setDialog({
      name: freeName(archive.name, names),
      fromMs: fromMs ?? oldest ?? nowMs - SPAN_MS,
      // The span ends before its end: the second that is under way is to be in it.
      toMs: toMs ?? nowMs + 1_000,
      rules: [],
    });
  };
  return (
    <div className="view">
      <Head archive={archive} onReplay={ask} />
      {own.length > 0 && (
        <div className="archive-replays">
          <Replays replays={own} />
        </div>
      )}
      <Filters refusal={list.error} />
      <div className="view-body">
        <SplitPane
          label="the event"
          side={chosen && <EventPane event={chosen} onClose={() => setId('')} />}
        >
          <EventTable {...list} selected={id} onSelect={setId} />
        </SplitPane>
      </div>
      {dialog && (
        <ReplayDialog
          archive={archive}
          first={dialog}
          narrowed={pattern !== ''}
          onClose={() => setDialog(undefined)}
        />
      )}
    </div>
  );
}

interface HeadProps {
  readonly archive: ArchiveSummary;
  readonly onReplay: () => void;
}

function Head({ archive, onReplay }: HeadProps) {
  const href = useViewHref();
  const { arn, name, events, bytes: size, retentionDays, pattern } = archive;
  return (
    <header className="view-head">
      <Crumbs from="Archives" href={href('archives')}>
        {name}
      </Crumbs>
      <CopyButton text={arn} what="ARN" />
      {pattern !== undefined && (
        <span className="archive-takes mono muted truncate" title={`Takes ${pattern}`}>
          {pattern}
        </span>
      )}
      <span className="muted numeric">
        {counted(events, 'event')}, {bytes(size)}
        {retentionDays > 0 && `, kept ${counted(retentionDays, 'day')}`}
      </span>
      <ChangeButton look="primary" icon="again" disabled={events === 0} onClick={onReplay}>
        Replay
      </ChangeButton>
    </header>
  );
}
