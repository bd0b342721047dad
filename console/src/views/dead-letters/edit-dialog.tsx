import { useState } from 'react';
import type { DeadLetter, DeadLetterQueue } from '../../../../src/admin-api/index.ts';
import { useGoTo } from '../../state/url.ts';
import { BodyEditor } from '../../ui/body-editor.tsx';
import { bodyOf, textOf } from '../../ui/body-text.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { homeless, whereTo } from './redrive.ts';
import { TargetSelect } from './redrive-dialog.tsx';
import { useRedrive } from './use-dead-letters.ts';

export interface EditDialogProps {
  readonly queue: DeadLetterQueue;
  readonly message: DeadLetter;
  readonly onClose: () => void;
}

/** Changes what a message says, and redrives it; then shows what becomes of it. */
export function EditDialog({ queue, message, onClose }: EditDialogProps) {
  const redrive = useRedrive();
  const goTo = useGoTo();
  const [body, setBody] = useState(() => bodyOf(message.body));
  const [to, setTo] = useState('');
  const scope = { kind: 'messages', messages: [message] } as const;
  const lost = to === '' ? homeless(scope) : 0;
  const target = to === '' ? undefined : to;
  const { id, position, token } = message;
  const text = textOf(body);
  const same = text === textOf(bodyOf(message.body));
  const confirm = async () => {
    const done = await redrive({
      queue: queue.arn,
      ...(target !== undefined && { to: target }),
      messages: [{ id, position, token, ...(!same && { body: text }) }],
    });
    if ('moved' in done && Array.isArray(done.moved)) {
      const [moved] = done.moved;
      if (moved) goTo('trace', { id: moved.newId });
    }
  };
  return (
    <Confirm
      title="Edit and redrive"
      verb="Redrive"
      wide
      disabled={lost > 0 || text === ''}
      onConfirm={confirm}
      onClose={onClose}
    >
      <BodyEditor label="Body" value={body} onChange={setBody} lines={14} />
      <TargetSelect queue={queue.arn} value={to} onChange={setTo} homeless={lost} />
      <p className="muted">
        The message leaves {queue.name} and goes {whereTo(scope, target)}
        {same ? ' as it is' : ' with this body'}, under a new id, which is shown then. Its
        attributes stay.
      </p>
    </Confirm>
  );
}
