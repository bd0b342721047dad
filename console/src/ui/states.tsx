import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';
import './states.css';

export interface EmptyStateProps {
  readonly title: string;
  /** What to do about it: a sentence, a command to copy, a link. */
  readonly children?: ReactNode;
  readonly icon?: IconName;
}

export function EmptyState({ title, children, icon = 'tail' }: EmptyStateProps) {
  return (
    <div className="state">
      <Icon name={icon} size={24} />
      <h2>{title}</h2>
      {children && <div className="state-more">{children}</div>}
    </div>
  );
}

export interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const code = error instanceof ApiError ? error.code : undefined;
  return (
    <div className="state state-error" role="alert">
      <Icon name="warn" size={24} />
      <h2>{code ?? 'This could not be shown'}</h2>
      <p className="state-more">{wordsOf(error)}</p>
      {onRetry && (
        <Button icon="again" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Keeps the place of what is coming. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  const widths = Array.from({ length: lines }, (_, index) => 88 - ((index * 37) % 48));
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {widths.map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that all look the same.
        <span key={index} className="skeleton-line" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
