/**
 * How many batches of one mapping may be worked on at once: a few at first, more for every moment
 * that there is a backlog, and back to what is in use when there is none.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export interface Bounds {
  /** At the beginning. */
  readonly least: number;
  readonly most: number;
  /** How many more are allowed after a minute of backlog. */
  readonly perMinute: number;
}

/** Five at first, 300 more each minute, as AWS says. */
export const STANDARD: Bounds = { least: 5, most: 1250, perMinute: 300 };

const MINUTE_MS = 60_000;

export class Scale {
  #base = 0;
  #backlogSinceMs: number | undefined;

  /** How many may be worked on now. */
  allowed({ least, most, perMinute }: Bounds, nowMs: number): number {
    const sinceMs = this.#backlogSinceMs ?? nowMs;
    const grown = Math.floor(((nowMs - sinceMs) * perMinute) / MINUTE_MS);
    return Math.min(most, Math.max(least, this.#base) + grown);
  }

  /** All that are allowed are busy and there may be more to do. Answers when more are allowed. */
  backlogged(bounds: Bounds, nowMs: number): number {
    this.#backlogSinceMs ??= nowMs;
    if (this.allowed(bounds, nowMs) >= bounds.most) return Number.POSITIVE_INFINITY;
    const stepMs = MINUTE_MS / bounds.perMinute;
    const steps = Math.floor((nowMs - this.#backlogSinceMs) / stepMs) + 1;
    return Math.ceil(this.#backlogSinceMs + steps * stepMs);
  }

  /** There was less to do than was allowed. */
  emptied(inUse: number): void {
    this.#base = inUse;
    this.#backlogSinceMs = undefined;
  }
}
