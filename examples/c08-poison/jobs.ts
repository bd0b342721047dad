/**
 * Jobs and what can be wrong with them. Pure: the worker and the triage read the same rules.
 */
export interface Job {
  readonly job: number;
  /** Euros, such as `12.50`. */
  readonly amount: string;
  readonly kind: 'sale' | 'refund';
}

/** Throws when `body` is no job. */
export function readJob(body: string): Job {
  const job = JSON.parse(body) as Partial<Job>;
  if (typeof job.job !== 'number' || typeof job.amount !== 'string') {
    throw new Error(`This is no job: ${body}`);
  }
  if (!/^\d+\.\d\d$/.test(job.amount)) throw new Error(`${job.amount} is no amount.`);
  return job as Job;
}

export type Finding =
  /** Nothing is wrong with it: what it needed was not there at the time. */
  | { readonly kind: 'transient' }
  /** It can be put right, and then is `body`. */
  | { readonly kind: 'data-error'; readonly body: string }
  /** Nobody can do anything with it. */
  | { readonly kind: 'reject'; readonly why: string };

/** What a message died of. */
export function examine(body: string): Finding {
  const why = refusal(body);
  if (why === undefined) return { kind: 'transient' };
  const edited = body.replace(/("amount":"\d+),(\d\d")/, '$1.$2');
  return refusal(edited) === undefined
    ? { kind: 'data-error', body: edited }
    : { kind: 'reject', why };
}

function refusal(body: string): string | undefined {
  try {
    readJob(body);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
