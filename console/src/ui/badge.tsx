import type { ReactNode } from 'react';
import type { Tone } from './tone.ts';
import './badge.css';

export type { Tone };

export interface BadgeProps {
  readonly tone?: Tone;
  readonly children: ReactNode;
  /** Told when pointed at. */
  readonly title?: string | undefined;
}

export function Badge({ tone = 'neutral', children, title }: BadgeProps) {
  return (
    <span className={`badge badge-${tone}`} title={title}>
      {children}
    </span>
  );
}

export function Kbd({ children }: { readonly children: ReactNode }) {
  return <kbd className="kbd">{children}</kbd>;
}
