/**
 * Gathers what arrives until it is time to show it: at most once per animation frame, and not
 * while paused. What is held is bounded; what does not fit is counted, oldest first.
 */
export interface Coalescer<Item> {
  push(items: readonly Item[]): void;
  pause(paused: boolean): void;
  /** Waiting to be shown. */
  readonly held: number;
  /** Forgets what is held and hands nothing over any more. */
  close(): void;
}

export interface CoalesceOptions<Item> {
  /** What to do with it: items in their order, and how many were dropped before them. */
  readonly flush: (items: readonly Item[], dropped: number) => void;
  /** Calls `then` when it is time; answers how to call that off. */
  readonly schedule: (then: () => void) => () => void;
  readonly mostHeld?: number;
}

export function coalescer<Item>(options: CoalesceOptions<Item>): Coalescer<Item> {
  const { flush, schedule, mostHeld = 10_000 } = options;
  let held: Item[] = [];
  let dropped = 0;
  let paused = false;
  let cancel: (() => void) | undefined;

  const flushNow = () => {
    cancel = undefined;
    if (held.length === 0 && dropped === 0) return;
    const [items, lost] = [held, dropped];
    held = [];
    dropped = 0;
    flush(items, lost);
  };
  const later = () => {
    if (!paused) cancel ??= schedule(flushNow);
  };
  const off = () => {
    cancel?.();
    cancel = undefined;
  };
  return {
    push: (items) => {
      held.push(...items);
      const over = held.length - mostHeld;
      if (over > 0) {
        held.splice(0, over);
        dropped += over;
      }
      later();
    },
    pause: (next) => {
      paused = next;
      if (paused) off();
      else if (held.length > 0 || dropped > 0) later();
    },
    get held() {
      return held.length;
    },
    close: () => {
      off();
      held = [];
      dropped = 0;
    },
  };
}
