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

/** Why `text` cannot be a pattern; whether EventBridge takes it, the server says. */
export function patternProblem(text: string): string | undefined {
  if (!text.trim()) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? undefined : 'A pattern is a JSON object: {"source": ["shop"]}.';
  } catch (cause) {
    return `This is no JSON yet: ${cause instanceof Error ? cause.message : String(cause)}.`;
  }
}
