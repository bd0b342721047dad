import { describe, expect, test } from 'vitest';
import { startSuite } from '../../sdk/suite.ts';

describe('refusals', () => {
  test('no message was encoded here', async () => {
    await using aws = await startSuite();
    const input = { EncodedMessage: 'x' };
    const { code, status } = await aws.fails('sts', 'DecodeAuthorizationMessage', input);
    expect({ code, status }).toEqual({
      code: 'InvalidAuthorizationMessageException',
      status: 400,
    });
  });
});
