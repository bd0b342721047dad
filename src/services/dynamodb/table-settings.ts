/** Settings that CreateTable and UpdateTable have in common. */
import { arnOf } from '../../core/arn.ts';
import { type ChangeStream, newStream } from '../../delivery/change-streams.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { SSESpecification, StreamSpecification } from '../../wire/types/dynamodb.ts';
import { invalidValues } from './errors.ts';
import { keyElements } from './key-schemas.ts';
import type { TableAddress } from './lookup.ts';
import type { KeySchema, TableRecord } from './store.ts';

/** The stream that a specification switches on; undefined when it switches it off. */
export function streamFrom(
  stack: Stack,
  address: TableAddress,
  key: KeySchema,
  { StreamEnabled: isOn, StreamViewType: view }: StreamSpecification,
): ChangeStream | undefined {
  if (!isOn) {
    if (view === undefined) return undefined;
    throw invalidValues('StreamViewType is not allowed when StreamEnabled is false');
  }
  if (view === undefined) {
    throw invalidValues('StreamViewType is required when StreamEnabled is true');
  }
  const { account, region, name: table } = address;
  return newStream(stack, { account, region, table, view, keySchema: keyElements(key) });
}

/** Encryption with a key of the account; without one the table is as encrypted as any. */
export function encryptionFrom(
  { account, region }: Pick<TableAddress, 'account' | 'region'>,
  given: SSESpecification | undefined,
): TableRecord['encryption'] {
  if (!given?.Enabled) {
    if (given?.KMSMasterKeyId === undefined) return undefined;
    throw invalidValues('KMSMasterKeyId is not allowed when SSE is disabled');
  }
  const key = given.KMSMasterKeyId ?? 'alias/aws/dynamodb';
  const resource = key.startsWith('alias/') ? key : `key/${key}`;
  const keyArn = key.startsWith('arn:') ? key : arnOf('kms', region, account, resource);
  return { type: 'KMS', keyArn };
}
