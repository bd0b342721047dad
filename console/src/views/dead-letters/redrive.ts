/** What a redrive will do, in words and as the API takes it. */
import type {
  DeadLetter,
  DeadLetterGroup,
  Redrive,
  RedriveTask,
} from '../../../../src/admin-api/index.ts';
import { kindOf, shortName } from '../../ui/arns.ts';
import { count, counted } from '../../ui/numbers.ts';
import { span } from '../../ui/when.ts';

/** What is redriven. */
export type Scope =
  | { readonly kind: 'messages'; readonly messages: readonly DeadLetter[] }
  | { readonly kind: 'group'; readonly group: DeadLetterGroup }
  | { readonly kind: 'all'; readonly count: number };

/** The largest rate that the API takes. */
export const MOST_PER_SECOND = 500;

export function sizeOf(scope: Scope): number {
  if (scope.kind === 'messages') return scope.messages.length;
  return scope.kind === 'group' ? scope.group.count : scope.count;
}

/** Messages that nobody knows the origin of: they need a queue that is chosen. */
export function homeless(scope: Scope): number {
  if (scope.kind !== 'messages') return 0;
  return scope.messages.filter(({ origin }) => origin === undefined).length;
}

/** Where they go: `2 to queue orders, 1 to function ship`. */
export function whereTo(scope: Scope, to: string | undefined): string {
  if (to !== undefined) return `to ${named(to)}`;
  if (scope.kind !== 'messages') return 'each to where it came from';
  const origins = new Map<string, number>();
  for (const { origin } of scope.messages) {
    if (origin !== undefined) origins.set(origin, (origins.get(origin) ?? 0) + 1);
  }
  const parts = [...origins].map(([arn, times]) => [named(arn), times] as const);
  const [only] = parts;
  if (parts.length === 1 && only) return `back to ${only[0]}`;
  return parts.map(([name, times]) => `${count(times)} back to ${name}`).join(', ');
}

function named(arn: string): string {
  return `${kindOf(arn)} ${shortName(arn)}`;
}

/** `''` is as fast as it goes; undefined what is no rate. */
export function rateOf(text: string): number | '' | undefined {
  if (text.trim() === '') return '';
  const rate = Number(text);
  return Number.isInteger(rate) && rate >= 1 && rate <= MOST_PER_SECOND ? rate : undefined;
}

/** How long it takes at least; undefined where no rate slows it down. */
export function atLeast(messages: number, rate: number | ''): string | undefined {
  if (rate === '') return undefined;
  return span(Math.ceil(messages / rate) * 1_000);
}

export interface Choice {
  readonly to: string | undefined;
  readonly rate: number | '';
}

export function redriveOf(queue: string, scope: Scope, { to, rate }: Choice): Redrive {
  const common = { queue, ...(to !== undefined && { to }) };
  if (scope.kind === 'messages') {
    return {
      ...common,
      messages: scope.messages.map(({ id, position, token }) => ({ id, position, token })),
    };
  }
  return {
    ...common,
    ...(scope.kind === 'group' && { group: scope.group.key }),
    ...(rate !== '' && { perSecond: rate }),
  };
}

export function isRunning({ status }: RedriveTask): boolean {
  return status === 'RUNNING' || status === 'CANCELLING';
}

/** 0 to 1; a task with nothing to do is done. */
export function progressOf({ moved, toMove }: RedriveTask): number {
  return toMove > 0 ? moved / toMove : 1;
}

const ENDS: Readonly<Record<RedriveTask['status'], string>> = {
  RUNNING: 'redriving',
  CANCELLING: 'stopping',
  COMPLETED: 'redriven',
  CANCELLED: 'cancelled',
  FAILED: 'failed',
};

/** `redriving · 12 of 40 messages`. */
export function taskWords({ status, moved, toMove, failure }: RedriveTask): string {
  const how = `${ENDS[status]} · ${count(moved)} of ${counted(toMove, 'message')}`;
  return failure ? `${how} · ${failure}` : how;
}
