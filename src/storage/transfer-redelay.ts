/** A redelay that is still being carried out in slices: an export gives away what it will make. */
export type Redelay = readonly [delayMs: number, done: number, until: number];

/** When a message becomes visible by it; undefined where it does not concern the message. */
export function redelayed(
  redelay: Redelay | undefined,
  { position, token, sentAtMs }: Readonly<Record<'position' | 'token' | 'sentAtMs', number>>,
): number | undefined {
  if (!redelay || token > 0) return undefined;
  const [delayMs, done, until] = redelay;
  return position > done && position <= until ? Math.max(sentAtMs, sentAtMs + delayMs) : undefined;
}
