/** Light, dark, or as the system says: the one thing that is kept in the browser. */
import { useSyncExternalStore } from 'react';

const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'millrace-theme';

function stored(): Theme {
  try {
    const text = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === text) ?? 'auto';
  } catch {
    // Browsers may forbid storage; then the system's theme it is.
    return 'auto';
  }
}

export function applyTheme(theme: Theme = stored()): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

let current = stored();
const listeners = new Set<() => void>();

/** One for all who show or change it. */
export function useTheme(): readonly [Theme, () => void] {
  const theme = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
  return [theme, next];
}

function next(): void {
  current = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'auto';
  applyTheme(current);
  try {
    localStorage.setItem(KEY, current);
  } catch {
    // Holds until the page is closed.
  }
  for (const listener of listeners) listener();
}
