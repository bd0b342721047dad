/** STS: who the caller is, and credentials that run out. */
import type { Operations } from '../../wire/types/sts.ts';
import { defineService } from '../service.ts';
import { AssumeRole } from './assume-role.ts';
import { DecodeAuthorizationMessage } from './authorization-messages.ts';
import { GetAccessKeyInfo, GetCallerIdentity } from './identities.ts';
import { GetSessionToken } from './session-tokens.ts';

export const sts = defineService<Operations>({
  name: 'sts',
  operations: {
    AssumeRole,
    DecodeAuthorizationMessage,
    GetAccessKeyInfo,
    GetCallerIdentity,
    GetSessionToken,
  },
});
