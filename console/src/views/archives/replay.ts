/** What a replay will do, and how far one is. */
import type { Replay } from '../../../../src/admin-api/index.ts';
import { count, counted } from '../../ui/numbers.ts';
import type { Tone } from '../../ui/tone.ts';

/** What is typed into the dialog. */
export interface ReplayDraft {
  readonly name: string;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** ARNs of rules; none: every rule of the bus. */
  readonly rules: readonly string[];
}

export type Faults = Partial<Record<'name' | 'from' | 'to', string>>;

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html */
const NAME = /^[.\-_A-Za-z0-9]{1,64}$/;

export function faultsOf({ name, fromMs, toMs }: ReplayDraft): Faults {
  const late = fromMs !== undefined && toMs !== undefined && fromMs >= toMs;
  return {
    ...(!NAME.test(name) && { name: 'Letters, digits and . - _ only, 64 at most.' }),
    ...(fromMs === undefined && { from: 'From when on?' }),
    ...(toMs === undefined && { to: 'Until when?' }),
    ...(late && { to: 'This must be later than the start.' }),
  };
}

export function startReplayOf(archive: string, bus: string, draft: ReplayDraft): object {
  const { name, fromMs = 0, toMs = 0, rules } = draft;
  return {
    ReplayName: name,
    EventSourceArn: archive,
    EventStartTime: new Date(fromMs).toISOString(),
    EventEndTime: new Date(toMs).toISOString(),
    Destination: { Arn: bus, ...(rules.length > 0 && { FilterArns: rules }) },
  };
}

/** `orders-archive-2`: the first that is not taken, since a replay's name is its own for good. */
export function freeName(archive: string, taken: readonly string[]): string {
  const stem = archive.slice(0, 56);
  for (let number = 1; ; number += 1) {
    const name = `${stem}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

export function isRunning({ state }: Pick<Replay, 'state'>): boolean {
  return state === 'STARTING' || state === 'RUNNING' || state === 'CANCELLING';
}

/** 0 to 1, by the time of the event that was replayed last: how many there will be is not known. */
export function progressOf({ state, fromMs, toMs, lastEventAtMs }: Replay): number {
  if (state === 'COMPLETED') return 1;
  if (lastEventAtMs === undefined || toMs <= fromMs) return 0;
  return Math.max(0, Math.min(1, (lastEventAtMs - fromMs) / (toMs - fromMs)));
}

const TONES: Readonly<Record<string, Tone>> = {
  COMPLETED: 'ok',
  FAILED: 'fail',
  CANCELLED: 'retry',
  CANCELLING: 'retry',
};

export function toneOf({ state }: Pick<Replay, 'state'>): Tone {
  return TONES[state] ?? 'accent';
}

/** `all 4 rules`, `rule to-billing`, `2 of 4 rules`. */
export function rulesWords(chosen: readonly string[], names: ReadonlyMap<string, string>): string {
  if (chosen.length === 0 || chosen.length === names.size) {
    return names.size === 1 ? 'its one rule' : `all ${count(names.size)} rules`;
  }
  const [only = ''] = chosen;
  if (chosen.length === 1) return `rule ${names.get(only) ?? only}`;
  return `${count(chosen.length)} of ${counted(names.size, 'rule')}`;
}
