import { useMemo } from 'react';
import { type Column, Table } from '../../ui/table/table.tsx';
import { span } from '../../ui/when.ts';
import { StateBadge } from './state-badge.tsx';
import { along, type Segment, type Timeline, type TimelineRow } from './timeline.ts';
import './timeline-view.css';

export interface TimelineViewProps {
  readonly timeline: Timeline;
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

const keyOf = ({ id }: TimelineRow) => id;

export function TimelineView({ timeline, chosen, onChoose, onOpen }: TimelineViewProps) {
  const columns = useMemo(() => columnsOf(timeline), [timeline]);
  return (
    <Table
      label="Events of the trace in time"
      rows={timeline.rows}
      keyOf={keyOf}
      columns={columns}
      rowHeight={28}
      selected={chosen}
      onSelect={(row) => onChoose(row?.id ?? '')}
      onOpen={({ id }) => onOpen(id)}
    />
  );
}

function columnsOf(timeline: Timeline): readonly Column<TimelineRow>[] {
  return [
    {
      key: 'what',
      header: 'Event',
      width: 'minmax(180px, 1.1fr)',
      cell: ({ depth, hop }) => (
        <span className="timeline-name" style={{ paddingLeft: depth * 14 }}>
          <span className="timeline-kind">{hop.kind}</span>
          <span className="truncate">{hop.title}</span>
        </span>
      ),
    },
    {
      key: 'state',
      header: 'State',
      width: '88px',
      cell: ({ hop }) => <StateBadge state={hop.state} />,
    },
    {
      key: 'time',
      header: <Axis timeline={timeline} />,
      width: 'minmax(200px, 2fr)',
      cell: (row) => <Bar row={row} timeline={timeline} />,
    },
    {
      key: 'says',
      header: 'What happened',
      width: 'minmax(140px, 1fr)',
      cell: ({ hop }) => <span className="muted">{hop.says}</span>,
    },
  ];
}

const TICKS = [0, 0.25, 0.5, 0.75] as const;

function Axis({ timeline: { fromMs, toMs } }: { readonly timeline: Timeline }) {
  return (
    <span className="timeline-axis numeric">
      {TICKS.map((part) => (
        <span key={part} style={{ left: `${part * 100}%` }}>
          +{span((toMs - fromMs) * part)}
        </span>
      ))}
    </span>
  );
}

interface BarProps {
  readonly row: TimelineRow;
  readonly timeline: Timeline;
}

const WORDS: Readonly<Record<Segment['kind'], string>> = {
  wait: 'waited',
  work: 'was worked on',
  run: 'ran',
  hand: 'was handed over',
};

function Bar({ row: { segments, hop }, timeline }: BarProps) {
  const words = segments.map(({ kind, fromMs, toMs }) => `${WORDS[kind]} ${span(toMs - fromMs)}`);
  return (
    <span className="timeline-bar" title={words.join(', ')}>
      {segments.map(({ kind, fromMs, toMs }) => (
        <span
          key={`${kind} ${fromMs}`}
          className={`timeline-part timeline-${kind} timeline-state-${hop.state}`}
          style={{
            left: `${along(timeline, fromMs)}%`,
            width: `${along(timeline, toMs) - along(timeline, fromMs)}%`,
          }}
        />
      ))}
    </span>
  );
}
