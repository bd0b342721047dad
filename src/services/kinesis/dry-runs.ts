/** Requests that only ask whether they would be let through. */
import { fault } from './errors.ts';

/** Ends a dry run, once everything was looked at that could refuse the request. */
export function checkDryRun({ DryRun }: { readonly DryRun?: boolean | undefined }): void {
  if (!DryRun) return;
  const message = 'Request would have succeeded, but DryRun flag is set.';
  throw fault('DryRunOperationException', message);
}
