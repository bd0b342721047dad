/**
 * Turns of asynchronous events whose function has a reserved concurrency. Lambda would throttle
 * those that are too many, and they would come back later and later; here they wait for a turn.
 */
export class Turns {
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Resolves when fewer than `most` events of the function have a turn. Returns its end. */
  async take(functionArn: string, most: number): Promise<() => void> {
    while (this.#count(functionArn) >= most) {
      await new Promise<void>((resolve) => {
        const waiting = this.#waiting.get(functionArn) ?? [];
        this.#waiting.set(functionArn, [...waiting, resolve]);
      });
    }
    this.#taken.set(functionArn, this.#count(functionArn) + 1);
    return () => this.#end(functionArn);
  }

  #count(functionArn: string): number {
    return this.#taken.get(functionArn) ?? 0;
  }

  /** All who wait look again, each with the limit that it came with. */
  #end(functionArn: string): void {
    const left = this.#count(functionArn) - 1;
    if (left > 0) this.#taken.set(functionArn, left);
    else this.#taken.delete(functionArn);
    const waiting = this.#waiting.get(functionArn) ?? [];
    this.#waiting.delete(functionArn);
    for (const resume of waiting) resume();
  }
}
