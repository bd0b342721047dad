import { useSession } from '../api/session.ts';
import { Button, type ButtonProps } from './button.tsx';

const READ_ONLY = 'This console is read only: the server was started so.';

/** A button that changes something in the server: off, and saying why, where that is forbidden. */
export function ChangeButton({ disabled, title, ...rest }: ButtonProps) {
  const { readOnly } = useSession();
  return <Button {...rest} disabled={disabled || readOnly} title={readOnly ? READ_ONLY : title} />;
}
