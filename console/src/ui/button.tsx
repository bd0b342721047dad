import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Icon, type IconName } from './icon.tsx';
import './button.css';

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'className' | 'style'>;

export interface ButtonProps extends Native {
  readonly children: ReactNode;
  readonly icon?: IconName;
  /** `plain` is a frame, `quiet` only words; `danger` destroys something. */
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  /** Under way: cannot be pressed, and says so. */
  readonly busy?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ children, icon, look = 'plain', busy, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button button-${look}`}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Native {
  readonly icon: IconName;
  /** What it does: its name, and what is shown over it. */
  readonly label: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ icon, label, ...rest }: IconButtonProps) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
