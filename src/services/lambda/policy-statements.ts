/**
 * Statements of resource policies as Lambda writes them, its order of members included: clients
 * compare the text. A policy has a revision of its own; on AWS it shares that of its version.
 */
import { arnOf } from '../../core/arn.ts';
import { conflict, fault, invalid, missing, outdated } from './errors.ts';
import type { StoredPolicy } from './store.ts';

export type Statement = StoredPolicy['statements'][number];

/** `*`, an account, an ARN, or a service such as `sns.amazonaws.com`. */
export function principalOf(text: string): unknown {
  if (text === '*') return '*';
  if (/^\d{12}$/.test(text)) return { AWS: arnOf('iam', '', text, 'root') };
  if (/^arn:[^:]+:(iam|sts)::\d{12}:/.test(text)) return { AWS: text };
  if (/^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)$/.test(text)) return { Service: text };
  throw invalid('The provided principal was invalid. Please check the principal and try again.');
}

export interface Revision {
  readonly policy: StoredPolicy | undefined;
  /** The policy as the caller last saw it. */
  readonly revisionId: string | undefined;
}

function checkRevision({ policy, revisionId }: Revision): void {
  if (revisionId === undefined || revisionId === policy?.revisionId) return;
  throw outdated('GetPolicy');
}

/**
 * The statements with another one; throws AWS's error for a second one of a name. Observed:
 * https://github.com/terraform-aws-modules/terraform-aws-lambda/issues/547 and, for the size,
 * https://github.com/adobe/helix-deploy/issues/24
 */
export function withStatement(
  revision: Revision,
  statement: Statement,
  mostBytes: number,
): readonly Statement[] {
  checkRevision(revision);
  const { statements = [] } = revision.policy ?? {};
  if (statements.some(({ Sid }) => Sid === statement.Sid)) {
    throw conflict(
      `The statement id (${statement.Sid}) provided already exists. Please provide a new ` +
        'statement id, or remove the existing statement.',
    );
  }
  const all = [...statements, statement];
  const bytes = Buffer.byteLength(policyText(all));
  if (bytes > mostBytes) {
    const message = `The final policy size (${bytes}) is bigger than the limit (${mostBytes}).`;
    throw fault('PolicyLengthExceededException', message, { fields: { Type: 'User' } });
  }
  return all;
}

export function withoutStatement(revision: Revision, sid: string): readonly Statement[] {
  if (!revision.policy) throw missing('No policy is associated with the given resource.');
  checkRevision(revision);
  const { statements } = revision.policy;
  const left = statements.filter(({ Sid }) => Sid !== sid);
  if (left.length < statements.length) return left;
  throw missing(`Statement ${sid} is not found in resource policy.`);
}

export function policyText(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
}
