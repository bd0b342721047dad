import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';
import { wordsOf } from './states.tsx';
import './confirm.css';

export interface ConfirmProps {
  readonly title: string;
  /** What will happen, and the choices there are. */
  readonly children: ReactNode;
  /** What the button says that does it: a verb. */
  readonly verb: string;
  readonly danger?: boolean;
  readonly wide?: boolean;
  readonly disabled?: boolean;
  /** Does it; the dialog closes when that went well, and says why where it did not. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before something is done that cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const { title, children, verb, danger = false, wide = false, disabled, onClose } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await props.onConfirm();
      onClose();
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button
        look={danger ? 'danger' : 'primary'}
        busy={busy}
        disabled={disabled}
        onClick={() => void confirm()}
      >
        {verb}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} wide={wide} actions={actions}>
      <div className="confirm">
        {children}
        {error !== undefined && (
          <p className="confirm-error" role="alert">
            <Icon name="warn" /> {wordsOf(error)}
          </p>
        )}
      </div>
    </Dialog>
  );
}
