/** What a tail is narrowed by. */
import type { Form } from '../../../../src/admin-api/index.ts';

export const FORMS: readonly Form[] = [
  'event',
  'notification',
  'message',
  'record',
  'change',
  'invocation',
];

export interface TailFilter {
  /** An EventBridge pattern as text; empty: none. */
  readonly pattern: string;
  readonly text: string;
  readonly arn: string;
  readonly form: Form | 'any';
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

/** As `GET /tail` takes it; a live tail takes no times. */
export function queryOf({ pattern, text, arn, form }: TailFilter) {
  return {
    pattern: pattern || undefined,
    text: text || undefined,
    arn: arn || undefined,
    form: form === 'any' ? undefined : form,
  };
}

export function isNarrowed({ pattern, text, arn, form, fromMs, toMs }: TailFilter): boolean {
  return [pattern, text, arn].some(Boolean) || form !== 'any' || (fromMs ?? toMs) !== undefined;
}
