/**
 * Faults of a test: operations that are refused or slow, hand-overs that fail, come late or twice.
 *
 * Random ones are drawn from a seed that is another in each run, so that a suite meets more with
 * time. It is printed, and repeats the run as `FAULT_SEED`.
 */
import { type Duration, durationMs } from '../core/duration.ts';
import type { FaultSpec } from '../core/faults.ts';
import { randomIds } from '../core/ids.ts';
import type { Stack } from '../delivery/stack.ts';
import { addFault } from '../services/faults.ts';

interface Chance {
  /** From 0 to 1; default 1. */
  readonly probability?: number;
  /** Ends after so many times. */
  readonly times?: number;
}

export interface ApiFault extends Chance {
  /** The AWS CLI's name of a service; default: any. */
  readonly service?: string;
  /** Such as `PutItem`; default: any. */
  readonly operation?: string;
  /** The code that clients get. SDKs try throttles and errors of the server again by themselves. */
  readonly error?: string;
  /** How late the answer is, in real time. */
  readonly delay?: Duration;
}

export interface DeliveryFault extends Chance {
  /**
   * The code that the hand-over fails with, to be tried again by the retry policy of the rule or
   * subscription. `TIMEOUT` is a delivery that was lost on its way.
   */
  readonly error?: string;
  /** How much later it is handed over, once; with `error`, how long at least to the next try. */
  readonly delay?: Duration;
  /** It is handed over, and then once more, as when the target's answer is lost. */
  readonly duplicate?: boolean;
}

export interface TestFault {
  /** How often it struck, and how often chance let something go. */
  readonly hits: number;
  readonly misses: number;
  remove(): void;
}

export interface TestFaults {
  /** Of the operations that clients ask for. */
  api(fault: ApiFault): TestFault;
  /**
   * Of hand-overs from rules and subscriptions. `arn` is that of the rule, of the subscription or
   * of the target; one that ends with `*` stands for all that begin so.
   */
  delivery(arn: string, fault: DeliveryFault): TestFault;
  /** Ends all of them. */
  clear(): void;
}

export interface FaultSeed {
  readonly seed: number;
  /** Whether nobody has chosen it. */
  readonly isRandom: boolean;
}

/** From the options, the environment, or by chance. */
export function faultSeed(chosen: number | undefined): FaultSeed {
  const said = process.env.FAULT_SEED || undefined;
  const given = chosen ?? (said === undefined ? undefined : Number(said));
  if (given === undefined) {
    return { seed: Math.floor(randomIds().random() * 2 ** 32), isRandom: true };
  }
  if (Number.isSafeInteger(given) && given >= 0) return { seed: given, isRandom: false };
  throw new RangeError(`A seed of faults is a whole number, not ${chosen ?? said}.`);
}

export function testFaults(stack: Stack, { seed, isRandom }: FaultSeed): TestFaults {
  let told = !isRandom;
  const tell = (): void => {
    if (told) return;
    told = true;
    process.stderr.write(`millrace: chance strikes by FAULT_SEED=${seed}, which repeats it\n`);
  };
  const add = (spec: FaultSpec): TestFault => {
    const { id, probability } = addFault(stack, spec);
    if (probability > 0 && probability < 1) tell();
    const found = () => stack.faults.list().find((rule) => rule.id === id);
    return {
      get hits() {
        return found()?.hits ?? 0;
      },
      get misses() {
        return found()?.misses ?? 0;
      },
      remove: () => {
        stack.faults.remove(id);
      },
    };
  };
  return {
    api: ({ delay, ...fault }) => add({ at: 'api', ...fault, ...late(delay) }),
    delivery: (arn, { delay, ...fault }) => add({ at: 'delivery', arn, ...fault, ...late(delay) }),
    clear: () => stack.faults.clear(),
  };
}

function late(delay: Duration | undefined): { readonly delayMs?: number } {
  return delay === undefined ? {} : { delayMs: durationMs(delay) };
}
