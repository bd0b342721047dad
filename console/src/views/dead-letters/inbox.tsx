import { useState } from 'react';
import type { DeadLetter, DeadLetterQueue } from '../../../../src/admin-api/index.ts';
import { text } from '../../state/query.ts';
import { useQueryChange, useQueryState } from '../../state/url.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { depthOf } from '../../ui/depth.ts';
import { count, counted } from '../../ui/numbers.ts';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { Groups } from './groups.tsx';
import { Message } from './message.tsx';
import { Messages } from './messages.tsx';
import type { Scope } from './redrive.ts';
import { RedriveDialog } from './redrive-dialog.tsx';
import { Tasks } from './tasks.tsx';
import { useDeadLetters } from './use-dead-letters.ts';

const GROUP = text();
const ID = text();
const NONE: ReadonlySet<string> = new Set();

/** One dead-letter queue: groups, messages, and the one chosen. */
export function Inbox({ queue }: { readonly queue: DeadLetterQueue }) {
  const [group] = useQueryState('group', GROUP);
  const [id, setId] = useQueryState('id', ID);
  const change = useQueryChange();
  const [marked, setMarked] = useState(NONE);
  const [scope, setScope] = useState<Scope>();
  const [edited, setEdited] = useState<DeadLetter>();
  const letters = useDeadLetters(queue.arn, group);
  const chosen = letters.rows.find((row) => row.id === id);
  const choose = (key: string) => {
    setMarked(NONE);
    change({ group: key, id: undefined });
  };
  const side = chosen && (
    <Message
      message={chosen}
      onRedrive={() => setScope({ kind: 'messages', messages: [chosen] })}
      onEdit={() => setEdited(chosen)}
      onClose={() => setId('')}
    />
  );
  return (
    <SplitPane label="the dead letter" side={side} size={484}>
      <div className="inbox">
        <Tasks queue={queue} />
        {queue.groups.length > 0 && <Groups queue={queue} chosen={group} onChoose={choose} />}
        <Toolbar {...{ queue, group, marked, letters: letters.rows }} onRedrive={setScope} />
        <div className="inbox-messages">
          <Messages
            rows={letters.rows}
            selected={id}
            onSelect={setId}
            marked={marked}
            onMark={setMarked}
            onEnd={letters.more}
            empty={<Nothing {...letters} name={queue.name} />}
          />
        </div>
      </div>
      {scope && (
        <RedriveDialog
          queue={queue}
          scope={scope}
          onDone={() => setMarked(NONE)}
          onClose={() => setScope(undefined)}
        />
      )}
      {edited && <EditDialog queue={queue} message={edited} onClose={() => setEdited(undefined)} />}
    </SplitPane>
  );
}

interface NothingProps {
  readonly waiting: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
  readonly name: string;
}

function Nothing({ waiting, error, refetch, name }: NothingProps) {
  if (waiting) return <Skeleton lines={4} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <EmptyState title="No dead letters here" icon="check">
      What cannot be delivered or handled, and is sent to {name}, will be listed here.
    </EmptyState>
  );
}

interface ToolbarProps {
  readonly queue: DeadLetterQueue;
  readonly group: string;
  readonly marked: ReadonlySet<string>;
  readonly letters: readonly DeadLetter[];
  readonly onRedrive: (scope: Scope) => void;
}

function Toolbar({ queue, group, marked, letters, onRedrive }: ToolbarProps) {
  const all = depthOf(queue);
  const chosen = queue.groups.find(({ key }) => key === group);
  const messages = letters.filter((letter) => marked.has(letter.id));
  const scope: Scope = chosen ? { kind: 'group', group: chosen } : { kind: 'all', count: all };
  const words = chosen ? `${counted(chosen.count, 'message')} of this group` : 'all messages';
  return (
    <div className="inbox-tools" role="toolbar" aria-label="Redrive">
      <h2>{chosen ? counted(chosen.count, 'message') : counted(all, 'message')}</h2>
      {chosen && <span className="muted truncate">with {chosen.code}</span>}
      <span className="inbox-tools-gap" />
      {messages.length > 0 && (
        <ChangeButton
          look="primary"
          icon="again"
          onClick={() => onRedrive({ kind: 'messages', messages })}
        >
          Redrive {count(messages.length)} marked
        </ChangeButton>
      )}
      <ChangeButton
        icon="again"
        disabled={all === 0}
        title={`Redrive ${words}`}
        onClick={() => onRedrive(scope)}
      >
        {chosen ? 'Redrive group' : 'Redrive all'}
      </ChangeButton>
    </div>
  );
}
