import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { startSns } from './a-topic.ts';

const Attributes = { PlatformCredential: 'secret', PlatformPrincipal: 'me' };

async function anApplication(aws: Suite, Name = 'shop', Platform = 'APNS') {
  const made = await aws.call('sns', 'CreatePlatformApplication', { Name, Platform, Attributes });
  return made.PlatformApplicationArn ?? '';
}

const anArn = (aws: Suite, name: string) => `arn:aws:sns:${aws.region}:${aws.account}:app/${name}`;

describe('answers', () => {
  test('an application has an ARN, and keeps its secrets to itself', async () => {
    await using aws = await startSns();
    const arn = await anApplication(aws);
    expect(arn).toBe(anArn(aws, 'APNS/shop'));
    expect(await anApplication(aws)).toBe(arn);
    const EventEndpointCreated = 'arn:aws:sns:us-east-1:000000000000:created';
    await aws.call('sns', 'SetPlatformApplicationAttributes', {
      PlatformApplicationArn: arn,
      Attributes: { EventEndpointCreated, PlatformCredential: 'other' },
    });
    const shown = { Enabled: 'true', EventEndpointCreated };
    expect(
      await aws.call('sns', 'GetPlatformApplicationAttributes', { PlatformApplicationArn: arn }),
    ).toEqual({ Attributes: shown });
    expect(await aws.call('sns', 'ListPlatformApplications', {})).toEqual({
      PlatformApplications: [{ PlatformApplicationArn: arn, Attributes: shown }],
    });
  });

  test('a deleted application takes its endpoints along', async () => {
    await using aws = await startSns();
    const PlatformApplicationArn = await anApplication(aws);
    const input = { PlatformApplicationArn, Token: 'token' };
    const { EndpointArn = '' } = await aws.call('sns', 'CreatePlatformEndpoint', input);
    await aws.call('sns', 'DeletePlatformApplication', { PlatformApplicationArn });
    await aws.call('sns', 'DeletePlatformApplication', { PlatformApplicationArn });
    const gone = await aws.fails('sns', 'GetEndpointAttributes', { EndpointArn });
    expect(gone).toMatchObject({ code: 'NotFoundException', message: 'Endpoint does not exist' });
  });
});

describe('refusals', () => {
  test.each([
    [{ Name: 'a b' }, 'Name'],
    [{ Platform: 'FAX' }, 'Platform Reason: FAX is not supported'],
    [
      { Attributes: { PlatformPrincipal: 'me' } },
      'Attributes Reason: PlatformCredential attribute is required',
    ],
    [
      { Attributes: { ...Attributes, Colour: 'red' } },
      'Attributes Reason: Invalid attribute: Colour',
    ],
  ])('an application with %j', async (changes, reason) => {
    await using aws = await startSns();
    const input = { Name: 'shop', Platform: 'GCM', Attributes, ...changes };
    const refused = await aws.fails('sns', 'CreatePlatformApplication', input);
    expect(refused.message).toBe(`Invalid parameter: ${reason}`);
  });

  test('an application that does not exist, or is no application', async () => {
    await using aws = await startSns();
    const describeIt = (PlatformApplicationArn: string) =>
      aws.fails('sns', 'GetPlatformApplicationAttributes', { PlatformApplicationArn });
    expect(await describeIt(anArn(aws, 'GCM/none'))).toMatchObject({
      code: 'NotFoundException',
      message: 'PlatformApplication does not exist',
    });
    expect((await describeIt(anArn(aws, 'GCM'))).message).toBe(
      'Invalid parameter: PlatformApplicationArn',
    );
  });
});

describe('limits', () => {
  test('applications are listed in pages of 100', async () => {
    await using aws = await startSns();
    for (let number = 0; number < 101; number += 1) await anApplication(aws, `app-${number}`);
    const first = await aws.call('sns', 'ListPlatformApplications', {});
    expect(first.PlatformApplications).toHaveLength(100);
    const { NextToken = '' } = first;
    const second = await aws.call('sns', 'ListPlatformApplications', { NextToken });
    expect(second.PlatformApplications).toHaveLength(1);
  });
});
