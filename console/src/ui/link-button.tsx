import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from './icon.tsx';
import './button.css';
import './link-button.css';

export interface LinkButtonProps {
  /** From `useViewHref`. */
  readonly href: string;
  readonly children: ReactNode;
  readonly icon?: IconName;
  readonly look?: 'primary' | 'plain' | 'quiet';
}

/** Leads somewhere, and stands among buttons. */
export function LinkButton({ href, children, icon, look = 'plain' }: LinkButtonProps) {
  return (
    <Link href={href} className={`button button-${look} link-button`}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}
