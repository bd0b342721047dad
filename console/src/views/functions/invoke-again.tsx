import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunDetail } from '../../../../src/admin-api/index.ts';
import { post } from '../../api/client.ts';
import { useQueryChange } from '../../state/url.ts';
import { BodyEditor } from '../../ui/body-editor.tsx';
import { bodyOf, jsonFault, textOf } from '../../ui/body-text.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { wordsOf } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';

export interface InvokeAgainProps {
  readonly run: RunDetail;
  readonly arn: string;
}

/** Invokes the function once more with what this run got, or nearly, and shows that run. */
export function InvokeAgain({ run, arn }: InvokeAgainProps) {
  const [busy, setBusy] = useState(false);
  const [edits, setEdits] = useState(false);
  const invoke = useInvoke(run, arn);
  const { payload } = run;
  if (payload === undefined) return null;
  const again = async () => {
    setBusy(true);
    try {
      await invoke(payload);
    } catch (cause) {
      toast({ tone: 'fail', text: wordsOf(cause) });
    }
    setBusy(false);
  };
  return (
    <>
      <ChangeButton icon="again" busy={busy} onClick={() => void again()}>
        {busy ? 'Running' : 'Invoke again'}
      </ChangeButton>
      <ChangeButton look="quiet" onClick={() => setEdits(true)}>
        Edit and invoke
      </ChangeButton>
      {edits && <EditPayload payload={payload} onInvoke={invoke} onClose={() => setEdits(false)} />}
    </>
  );
}

/** By the version that ran, so that it is the same code. */
function useInvoke({ id, version }: RunDetail, arn: string) {
  const client = useQueryClient();
  const change = useQueryChange();
  return async (payload: string) => {
    const target = version === '$LATEST' || arn.endsWith(`:${version}`) ? arn : `${arn}:${version}`;
    const sent = await post('send', { arn: target, content: { payload }, again: id });
    toast({ tone: 'ok', text: 'Invoked again. This is the new run.' });
    void client.invalidateQueries({ queryKey: ['runs'] });
    change({ run: sent.id, at: undefined, part: undefined }, { push: true });
  };
}

interface EditPayloadProps {
  readonly payload: string;
  readonly onInvoke: (payload: string) => Promise<void>;
  readonly onClose: () => void;
}

function EditPayload({ payload, onInvoke, onClose }: EditPayloadProps) {
  const [body, setBody] = useState(() => bodyOf(payload));
  const text = textOf(body);
  const fault = text === '' ? undefined : jsonFault(text);
  return (
    <Confirm
      title="Edit and invoke"
      verb="Invoke"
      wide
      disabled={fault !== undefined}
      onConfirm={() => onInvoke(text)}
      onClose={onClose}
    >
      <BodyEditor
        label="Input"
        value={body}
        onChange={setBody}
        lines={16}
        error={fault && `A function takes JSON: ${fault}`}
      />
      <p className="muted">
        The function is invoked once, with this input, and waited for. The run that you came from
        becomes its cause.
      </p>
    </Confirm>
  );
}
