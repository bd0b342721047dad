/**
 * Who a caller is: the root of an account, a user, or a session of a role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
import { arnOf } from '../core/arn.ts';

export interface Identity {
  readonly kind: 'root' | 'user' | 'role';
  readonly account: string;
  readonly arn: string;
  /** The account, `AIDA…`, or `AROA…:session`. */
  readonly userId: string;
  /** The name of a user. */
  readonly name?: string;
  readonly accessKey: string;
  /** Of a session: when it began, and what it may do at most. */
  readonly session?: { readonly issuedAtMs: number; readonly policy?: string };
}

export function rootArn(account: string): string {
  return arnOf('iam', '', account, 'root');
}

export function userArn(account: string, name: string): string {
  return arnOf('iam', '', account, `user/${name}`);
}

export function rootIdentity(account: string, accessKey: string): Identity {
  return { kind: 'root', account, arn: rootArn(account), userId: account, accessKey };
}
