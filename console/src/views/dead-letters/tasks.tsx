import { useState } from 'react';
import type { DeadLetterQueue, RedriveTask } from '../../../../src/admin-api/index.ts';
import { useNow } from '../../api/session.ts';
import { shortName } from '../../ui/arns.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { Progress } from '../../ui/progress.tsx';
import { wordsOf } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { isRunning, progressOf, taskWords } from './redrive.ts';
import { useCancel, useTasks } from './use-dead-letters.ts';

/** How long one that has ended is still told of. */
const TOLD_MS = 120_000;

/** What is being redriven out of a queue, and how far that is. */
export function Tasks({ queue }: { readonly queue: DeadLetterQueue }) {
  const { data } = useTasks(queue.arn);
  const nowMs = useNow();
  const told = (data?.tasks ?? []).filter(
    (task) => isRunning(task) || nowMs - task.startedAtMs < TOLD_MS,
  );
  if (told.length === 0) return null;
  return (
    <ul className="tasks" aria-label="Redrives">
      {told.slice(0, 3).map((task) => (
        <Task key={task.id} task={task} queue={queue} />
      ))}
    </ul>
  );
}

const TONES = {
  RUNNING: 'accent',
  CANCELLING: 'retry',
  COMPLETED: 'ok',
  CANCELLED: 'retry',
  FAILED: 'fail',
} as const;

interface TaskProps {
  readonly task: RedriveTask;
  readonly queue: DeadLetterQueue;
}

function Task({ task, queue }: TaskProps) {
  const cancel = useCancel();
  const [asked, setAsked] = useState(false);
  const group = queue.groups.find(({ key }) => key === task.group);
  const what = task.group === undefined ? 'All' : (group?.code ?? 'A group');
  const where = task.to === undefined ? 'to where they came from' : `to ${shortName(task.to)}`;
  const stop = () => {
    setAsked(true);
    cancel(task.id).catch((cause: unknown) => {
      setAsked(false);
      toast({ tone: 'fail', text: wordsOf(cause) });
    });
  };
  return (
    <li className="task">
      <span className="truncate">
        <strong>{what}</strong> {where}
      </span>
      <span className="muted numeric">{taskWords(task)}</span>
      {task.status === 'RUNNING' && (
        <ChangeButton look="quiet" busy={asked} onClick={stop}>
          Cancel
        </ChangeButton>
      )}
      <Progress label={`Redrive ${where}`} value={progressOf(task)} tone={TONES[task.status]} />
    </li>
  );
}
