import { describe, expect, test } from 'vitest';
import { iterator, put, StreamName, summary, withStream } from './streams-kit.ts';

const KMS = { StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } as const;

describe('answers', () => {
  test('records say whether they came in under a key', async () => {
    await using aws = await withStream();
    expect((await put(aws, 'k', 'a')).EncryptionType).toBeUndefined();
    await aws.call('kinesis', 'StartStreamEncryption', KMS);
    expect(await summary(aws)).toMatchObject({ EncryptionType: 'KMS', KeyId: KMS.KeyId });
    expect((await put(aws, 'k', 'b')).EncryptionType).toBe('KMS');
    await aws.call('kinesis', 'StopStreamEncryption', KMS);
    const described = await summary(aws);
    expect(described.EncryptionType).toBe('NONE');
    expect(described.KeyId).toBeUndefined();
    await put(aws, 'k', 'c');
    const ShardIterator = await iterator(aws, 0);
    const { Records } = await aws.call('kinesis', 'GetRecords', { ShardIterator });
    const types = Records.map(({ EncryptionType }) => EncryptionType);
    expect(types).toEqual([undefined, 'KMS', undefined]);
  });
});

describe('refusals', () => {
  test.each(['StartStreamEncryption', 'StopStreamEncryption'] as const)(
    '%s of another type than KMS',
    async (operation) => {
      await using aws = await withStream();
      const { code } = await aws.fails('kinesis', operation, { ...KMS, EncryptionType: 'NONE' });
      expect(code).toBe('InvalidArgumentException');
    },
  );
});
