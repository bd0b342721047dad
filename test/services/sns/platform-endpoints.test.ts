import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { startSns } from './a-topic.ts';

async function anApplication(aws: Suite) {
  const { PlatformApplicationArn = '' } = await aws.call('sns', 'CreatePlatformApplication', {
    Name: 'shop',
    Platform: 'GCM',
    Attributes: { PlatformCredential: 'secret' },
  });
  return PlatformApplicationArn;
}

describe('answers', () => {
  test('a device is an endpoint; the same token gives the same one', async () => {
    await using aws = await startSns();
    const PlatformApplicationArn = await anApplication(aws);
    const input = { PlatformApplicationArn, Token: 'token', CustomUserData: 'user 7' };
    const { EndpointArn = '' } = await aws.call('sns', 'CreatePlatformEndpoint', input);
    expect(EndpointArn).toMatch(/:endpoint\/GCM\/shop\/[0-9a-f-]{36}$/);
    expect(await aws.call('sns', 'CreatePlatformEndpoint', input)).toEqual({ EndpointArn });
    const Attributes = { Enabled: 'true', Token: 'token', CustomUserData: 'user 7' };
    expect(await aws.call('sns', 'GetEndpointAttributes', { EndpointArn })).toEqual({ Attributes });
    const changes = { Token: 'other', Enabled: 'False' };
    await aws.call('sns', 'SetEndpointAttributes', { EndpointArn, Attributes: changes });
    expect(
      await aws.call('sns', 'ListEndpointsByPlatformApplication', { PlatformApplicationArn }),
    ).toEqual({
      Endpoints: [{ EndpointArn, Attributes: { ...Attributes, Token: 'other', Enabled: 'false' } }],
    });
    await aws.call('sns', 'DeleteEndpoint', { EndpointArn });
    await aws.call('sns', 'DeleteEndpoint', { EndpointArn });
    expect(
      await aws.call('sns', 'ListEndpointsByPlatformApplication', { PlatformApplicationArn }),
    ).toEqual({ Endpoints: [] });
  });
});

describe('refusals', () => {
  test('the same token with other attributes, in the sentence that clients read', async () => {
    await using aws = await startSns();
    const PlatformApplicationArn = await anApplication(aws);
    const input = { PlatformApplicationArn, Token: 'token' };
    const { EndpointArn } = await aws.call('sns', 'CreatePlatformEndpoint', input);
    const other = { ...input, CustomUserData: 'somebody else' };
    const refused = await aws.fails('sns', 'CreatePlatformEndpoint', other);
    expect(refused.message).toBe(
      `Invalid parameter: Token Reason: Endpoint ${EndpointArn} already exists with the same ` +
        'Token, but different attributes.',
    );
  });

  test.each([
    [{ Colour: 'red' }, 'Attributes Reason: Invalid attribute: Colour'],
    [
      { Enabled: 'perhaps' },
      'Attributes Reason: Invalid value for attribute: Enabled: must be true or false',
    ],
  ])('attributes such as %j', async (Attributes, reason) => {
    await using aws = await startSns();
    const input = { PlatformApplicationArn: await anApplication(aws), Token: 't', Attributes };
    const refused = await aws.fails('sns', 'CreatePlatformEndpoint', input);
    expect(refused.message).toBe(`Invalid parameter: ${reason}`);
  });

  test('an empty token, and an application that does not exist', async () => {
    await using aws = await startSns();
    const arn = await anApplication(aws);
    const make = (PlatformApplicationArn: string, Token: string) =>
      aws.fails('sns', 'CreatePlatformEndpoint', { PlatformApplicationArn, Token });
    expect((await make(arn, '')).message).toBe('Invalid parameter: Token');
    expect((await make(`${arn}x`, 't')).code).toBe('NotFoundException');
  });
});

describe('limits', () => {
  test('CustomUserData has up to 2 KB', async () => {
    await using aws = await startSns();
    const PlatformApplicationArn = await anApplication(aws);
    const make = { PlatformApplicationArn, Token: 'a', CustomUserData: 'x'.repeat(2048) };
    await aws.call('sns', 'CreatePlatformEndpoint', make);
    const large = { ...make, Token: 'b', CustomUserData: 'x'.repeat(2049) };
    const refused = await aws.fails('sns', 'CreatePlatformEndpoint', large);
    expect(refused.message).toBe('Invalid parameter: CustomUserData');
  });
});
