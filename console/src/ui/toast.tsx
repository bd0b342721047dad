/** Short news of what was done, spoken to screen readers too. */
import { useSyncExternalStore } from 'react';
import type { Tone } from './badge.tsx';
import { IconButton } from './button.tsx';
import './toast.css';

export interface Toast {
  readonly tone?: Tone;
  readonly text: string;
}

interface Shown extends Toast {
  readonly key: number;
}

const SHOWN_MS = 5_000;

let shown: readonly Shown[] = [];
let count = 0;
const listeners = new Set<() => void>();

function show(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Failures stay until they are closed. */
export function toast(news: Toast): void {
  count += 1;
  const key = count;
  show([...shown.slice(-3), { ...news, key }]);
  if (news.tone !== 'fail') setTimeout(() => close(key), SHOWN_MS);
}

function close(key: number): void {
  show(shown.filter((one) => one.key !== key));
}

/** Once, in the shell. */
export function Toasts() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map(({ key, tone = 'neutral', text }) => (
        <div key={key} className={`toast toast-${tone}`}>
          <span>{text}</span>
          <IconButton icon="close" label="Close" onClick={() => close(key)} />
        </div>
      ))}
    </div>
  );
}
