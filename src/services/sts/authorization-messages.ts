/**
 * Encoded authorization messages. EC2 and a few others answer with them; no service here does, so
 * there is none that could be decoded.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
import type { Operations } from '../../wire/types/sts.ts';
import type { Operation } from '../service.ts';
import { fault } from './errors.ts';

export const DecodeAuthorizationMessage: Operation<
  Operations['DecodeAuthorizationMessage']
> = () => {
  throw fault('InvalidAuthorizationMessageException', 'Message is not valid');
};
