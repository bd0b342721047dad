/** Faults in words, and what a form says of one as the API takes it. */
import type { FaultRule } from '../../../../src/admin-api/index.ts';
import { kindOf, shortName } from '../../ui/arns.ts';
import { span } from '../../ui/when.ts';

export type FaultSpec = Omit<FaultRule, 'id' | 'seed' | 'hits' | 'misses'>;

/** `5 % of sqs SendMessage are refused with ThrottlingException.` */
export function faultWords(fault: FaultSpec): string {
  const { probability, times } = fault;
  const all = probability >= 1;
  const share = all ? 'Every' : `${percent(probability)} of`;
  const ends = times === undefined ? '' : `, ${times === 1 ? 'once' : `${times} times`} at most`;
  return `${share} ${subject(fault, all)} ${effect(fault, all)}${ends}.`;
}

function percent(probability: number): string {
  return `${Math.round(probability * 10_000) / 100} %`;
}

function subject({ at, service, operation, arn }: FaultSpec, one: boolean): string {
  if (at === 'delivery') {
    return `${one ? 'hand-over' : 'hand-overs'}${arn === undefined ? '' : ` of ${whose(arn)}`}`;
  }
  const named = [service, operation].filter(Boolean).join(' ');
  if (!named) return one ? 'operation' : 'all operations';
  return operation === undefined ? `${named} ${one ? 'operation' : 'operations'}` : named;
}

function whose(arn: string): string {
  if (!arn.startsWith('arn:')) return arn;
  return `${kindOf(arn)} ${shortName(arn)}`;
}

function effect({ at, error, delayMs, duplicate }: FaultSpec, one: boolean): string {
  const late = delayMs ? span(delayMs) : undefined;
  if (at === 'api') {
    if (error === undefined) return `${one ? 'is' : 'are'} answered ${late ?? 'no time'} later`;
    const after = late ? `, ${late} later` : '';
    return `${one ? 'is' : 'are'} refused with ${error}${after}`;
  }
  if (error !== undefined) {
    const again = late ? `, and ${one ? 'is' : 'are'} tried again ${late} later` : '';
    return `${one ? 'fails' : 'fail'} with ${error}${again}`;
  }
  const twice = `${one ? 'is' : 'are'} made twice`;
  if (duplicate) return late ? `${twice}, ${late} later` : twice;
  return `${one ? 'comes' : 'come'} ${late ?? 'no time'} later`;
}

/** As it was typed. */
export interface FaultDraft {
  readonly at: FaultRule['at'];
  readonly service: string;
  readonly operation: string;
  readonly arn: string;
  readonly error: string;
  readonly delay: string;
  readonly duplicate: boolean;
  readonly percent: string;
  readonly times: string;
  readonly seed: string;
}

export const NO_FAULT: FaultDraft = {
  ...{ at: 'api', service: '', operation: '', arn: '', error: '', delay: '' },
  ...{ duplicate: false, percent: '100', times: '', seed: '' },
};

export type Problems = { readonly [Name in keyof FaultDraft]?: string };

export interface ReadDraft {
  readonly spec: FaultSpec & { readonly seed?: number };
  readonly problems: Problems;
}

const LONGEST_MS = 86_400_000;
const MOST_SEED = 2 ** 32 - 1;

/** Only what belongs to the kind of fault is taken along. */
export function readDraft(draft: FaultDraft): ReadDraft {
  const problems: Record<string, string> = {};
  const whole = (name: keyof FaultDraft, most: number, least = 0): number | undefined => {
    const text = String(draft[name]).trim();
    if (text === '') return undefined;
    const number = Number(text);
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
    problems[name] = `A whole number from ${least} to ${most}.`;
    return undefined;
  };
  const percentage = Number(draft.percent.replace(',', '.'));
  const isPercent = draft.percent.trim() !== '' && percentage > 0 && percentage <= 100;
  if (!isPercent) problems.percent = 'Above 0, and 100 at most.';
  const delayMs = whole('delay', LONGEST_MS);
  const times = whole('times', 1e9, 1);
  const seed = whole('seed', MOST_SEED);
  const error = draft.error.trim();
  const duplicate = draft.at === 'delivery' && draft.duplicate && error === '';
  if (error !== '' && !/^[\w.]{1,128}$/.test(error)) problems.error = 'A code, such as TIMEOUT.';
  if (error === '' && delayMs === undefined && !duplicate) {
    problems.error = 'Say what happens: an error, a delay, or a second hand-over.';
  }
  const spec = {
    at: draft.at,
    ...placeOf(draft),
    probability: isPercent ? percentage / 100 : 1,
    ...(error !== '' && { error }),
    ...(delayMs !== undefined && { delayMs }),
    ...(duplicate && { duplicate }),
    ...(times !== undefined && { times }),
    ...(seed !== undefined && { seed }),
  };
  return { spec, problems };
}

function placeOf({ at, service, operation, arn }: FaultDraft) {
  const given = (text: string) => text.trim() || undefined;
  const [one, other, third] = [given(service), given(operation), given(arn)];
  if (at === 'delivery') return third === undefined ? {} : { arn: third };
  return { ...(one && { service: one }), ...(other && { operation: other }) };
}
