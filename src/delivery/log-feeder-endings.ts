/**
 * What becomes of a lane when a batch has ended: pure, so that every case can be tried.
 *
 * - Everything before the first record that failed is done; it and all behind it come again.
 * - Bisecting parts a batch and costs no attempt: the left half comes first, then the right one.
 * - A batch that the consumer had no room for, or that was broken off, comes again as it was.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
import type { LaneState, Piece } from './log-feeder-state.ts';
import type { LogRules } from './sources.ts';

/** A batch under way. */
export interface Batch {
  /** Positions of the records that have not ended yet. */
  readonly left: readonly number[];
  /** Behind the last record of the batch, however it ends. */
  readonly until: number;
  /** The first of the lane's pieces, where the batch is that. */
  readonly piece?: Piece | undefined;
}

export interface Result {
  readonly state: LaneState;
  /** Positions that are given up. */
  readonly lost: readonly number[];
  /** How often what failed was handed over. */
  readonly attempts: number;
  /** The same batch comes again, and not at once. */
  readonly waits: boolean;
}

/** All that was left has ended. */
export function passed(state: LaneState, { until, piece }: Batch): LaneState {
  return resumed(state, piece ? rest(state) : [], until);
}

/** `failed` are positions of the batch; the lowest one counts, and there is at least that. */
export function failedAt(
  state: LaneState,
  batch: Batch,
  failed: readonly number[],
  rules: LogRules,
): Result {
  const first = Math.min(...failed);
  const again = batch.left.filter((position) => position >= first);
  const advanced = again.length < batch.left.length;
  const before = batch.piece?.attempts ?? 0;
  const { until } = batch;
  const behind = batch.piece ? rest(state) : [];
  const go = (pieces: readonly Piece[], attempts: number, waits: boolean): Result => ({
    state: resumed(state, [...pieces, ...behind], until),
    lost: [],
    attempts,
    waits,
  });
  if (rules.bisects && advanced) {
    return go([{ from: first, until, attempts: before }], before, false);
  }
  if (rules.bisects && again.length > 1) {
    const middle = again[Math.ceil(again.length / 2)] ?? until;
    const left = { from: first, until: middle, attempts: before };
    return go([left, { from: middle, until, attempts: before }], before, false);
  }
  // Where the checkpoint moves, another batch begins there, which has failed once.
  const attempts = advanced ? 1 : before + 1;
  if (attempts <= rules.mostRetries) {
    return go([{ from: first, until, attempts }], attempts, true);
  }
  return { ...go([], attempts, false), lost: again };
}

function rest(state: LaneState): readonly Piece[] {
  return state.pieces?.slice(1) ?? [];
}

function resumed(state: LaneState, pieces: readonly Piece[], until: number): LaneState {
  const at = Math.max(state.at, pieces[0]?.from ?? until);
  return { ...state, at, pieces: pieces.length > 0 ? pieces : undefined };
}
