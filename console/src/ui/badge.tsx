import type { ReactNode } from 'react';
import './badge.css';

/** What it means, not what colour it has. */
export type Tone = 'neutral' | 'accent' | 'ok' | 'retry' | 'fail' | 'dead';

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
