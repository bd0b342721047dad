/** What a key pressed anywhere in the console means. */
import type { ViewName } from '../state/view-name.ts';
import { VIEWS } from './views.ts';

export type Command =
  | { readonly kind: 'go'; readonly view: ViewName }
  | { readonly kind: 'help' }
  | { readonly kind: 'search' };

export interface KeyPress {
  readonly key: string;
  readonly atMs: number;
  /** In a field, where keys are text, or with a key of the system or the browser. */
  readonly taken: boolean;
}

/** How long after `g` the second key may come. */
const PAIR_MS = 1_200;

/** Reads keys one after the other; answers the command that is complete. */
export function keyReader(): (press: KeyPress) => Command | undefined {
  let wentAtMs = Number.NEGATIVE_INFINITY;
  return ({ key, atMs, taken }) => {
    const second = atMs - wentAtMs <= PAIR_MS;
    wentAtMs = Number.NEGATIVE_INFINITY;
    if (taken) return undefined;
    if (second) {
      const view = VIEWS.find((one) => one.key === key);
      return view && { kind: 'go', view: view.name };
    }
    if (key === 'g') wentAtMs = atMs;
    if (key === '?') return { kind: 'help' };
    return key === '/' ? { kind: 'search' } : undefined;
  };
}
