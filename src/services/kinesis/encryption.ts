/**
 * Encryption of a stream at rest, as far as it can be seen from outside: which key it is said to
 * use, and which records came in meanwhile. The records themselves are as safe as the storage.
 * https://docs.aws.amazon.com/streams/latest/dev/server-side-encryption.html
 */
import type { Operations } from '../../wire/types/kinesis.ts';
import type { Operation } from '../service.ts';
import { invalid } from './errors.ts';
import { setStream } from './stream-settings.ts';

export const StartStreamEncryption: Operation<Operations['StartStreamEncryption']> = (
  call,
  input,
) => {
  if (input.EncryptionType !== 'KMS') {
    throw invalid('EncryptionType must be KMS for encryption to be started.');
  }
  return setStream(call, input, () => ({ keyId: input.KeyId }));
};

export const StopStreamEncryption: Operation<Operations['StopStreamEncryption']> = (
  call,
  input,
) => {
  if (input.EncryptionType !== 'KMS') {
    throw invalid('EncryptionType must be KMS for encryption to be stopped.');
  }
  return setStream(call, input, () => ({ keyId: undefined }));
};
