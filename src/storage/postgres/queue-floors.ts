/**
 * Where claims begin to look in a queue.
 *
 * Rows that were claimed or deleted stay in the index for as long as anyone holds an old snapshot
 * of the database, and a scan from the beginning walks over all of them each time. So a node
 * remembers a moment before which, to its knowledge, nothing is due, and begins there.
 *
 * It knows of its own writes. What another node puts before that moment is found by beginning a
 * little earlier (`MARGIN_MS`), and by a scan from the beginning now and then: at the latest
 * after a second, or, where such scans have become slow, so that they take `SHARE` of the time.
 */

/** How late another node's commit, or its clock, may be without anyone noticing. */
const MARGIN_MS = 100;
const MOST_BETWEEN_SCANS_MS = 1000;
/** A scan that takes a millisecond is followed by this many without one. */
const SHARE = 20;
/** Scans of which the quickest tells what one costs; the others may have waited for something. */
const SCANS = 3;

interface Floor {
  /** To this node's knowledge, nothing is due before. */
  fromMs: number;
  /** Holds for claims that leave out what was born before this moment, or more. */
  bornMs: number;
  scannedAtMs: number;
  /** How long the last scans took. */
  scansTookMs: readonly number[];
}

export class Floors {
  readonly #wallNowMs: () => number;
  readonly #floors = new Map<number, Floor>();
  /** Raised by the running transaction. */
  readonly #raised = new Set<number>();

  constructor(wallNowMs: () => number) {
    this.#wallNowMs = wallNowMs;
  }

  begin(): void {
    this.#raised.clear();
  }

  end(committed: boolean): void {
    if (!committed) for (const queue of this.#raised) this.#floors.delete(queue);
    this.#raised.clear();
  }

  /** Where to begin; undefined for the beginning, when that is due again. */
  from(queue: number, bornMs: number): number | undefined {
    const floor = this.#floors.get(queue);
    if (!floor || bornMs < floor.bornMs) return undefined;
    if (this.#mayScan(floor, MOST_BETWEEN_SCANS_MS)) return undefined;
    return floor.fromMs - MARGIN_MS;
  }

  /** As `from`, for a look that may miss what claims find later. */
  roughly(queue: number): number {
    return (this.#floors.get(queue)?.fromMs ?? Number.MIN_SAFE_INTEGER + MARGIN_MS) - MARGIN_MS;
  }

  /** Whether a claim that found too little should look from the beginning too. */
  mayScanAgain(queue: number): boolean {
    const floor = this.#floors.get(queue);
    return !floor || this.#mayScan(floor, 0);
  }

  scanned(queue: number, tookMs: number): void {
    const floor = this.#floor(queue);
    floor.scannedAtMs = this.#wallNowMs();
    floor.scansTookMs = [tookMs, ...floor.scansTookMs].slice(0, SCANS);
  }

  /** A claim that began where it was told to took all that was due before `fromMs`. */
  raise(queue: number, fromMs: number, bornMs: number): void {
    const floor = this.#floor(queue);
    this.#raised.add(queue);
    floor.fromMs = fromMs;
    floor.bornMs = bornMs;
  }

  /** A message of the queue is due at `visibleAtMs`. */
  lower(queue: number, visibleAtMs: number): void {
    const floor = this.#floors.get(queue);
    if (floor && visibleAtMs < floor.fromMs) floor.fromMs = visibleAtMs;
  }

  forget(queue: number): void {
    this.#floors.delete(queue);
  }

  #mayScan({ scannedAtMs, scansTookMs }: Floor, restMs: number): boolean {
    const costMs = scansTookMs.length < SCANS ? 0 : Math.min(...scansTookMs);
    return this.#wallNowMs() - scannedAtMs >= Math.max(restMs, costMs * SHARE);
  }

  #floor(queue: number): Floor {
    let floor = this.#floors.get(queue);
    if (!floor) {
      floor = {
        fromMs: Number.MIN_SAFE_INTEGER + MARGIN_MS,
        bornMs: Number.MIN_SAFE_INTEGER,
        scannedAtMs: this.#wallNowMs(),
        scansTookMs: [],
      };
      this.#floors.set(queue, floor);
    }
    return floor;
  }
}
