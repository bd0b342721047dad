/**
 * Who a caller is and whose an access key is. What tools ask before anything else.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
import { type Identity, rootIdentity } from '../../access/identity.ts';
import { accountIn } from '../../access/key-ids.ts';
import type { Operations } from '../../wire/types/sts.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';

export function identityOf({ identity, account }: Call): Identity {
  return identity ?? rootIdentity(account, '');
}

export const GetCallerIdentity: Operation<Operations['GetCallerIdentity']> = (call) => {
  const { account, arn, userId } = identityOf(call);
  return { UserId: userId, Account: account, Arn: arn };
};

/** The id itself holds the account; one that does not is taken for the caller's own. */
export const GetAccessKeyInfo: Operation<Operations['GetAccessKeyInfo']> = (call, input) => ({
  Account: accountIn(input.AccessKeyId) ?? call.account,
});
