import { describe, expect, test } from 'vitest';
import { get, startSns } from './a-topic.ts';

const PATH = '/_millrace/v1/sns/opted-out-numbers';
const phoneNumber = '+15550100';

describe('answers', () => {
  test('settings are kept and asked for by name', async () => {
    await using aws = await startSns();
    expect(await aws.call('sns', 'GetSMSAttributes', {})).toEqual({ attributes: {} });
    const attributes = { DefaultSMSType: 'Transactional', DefaultSenderID: 'Shop' };
    await aws.call('sns', 'SetSMSAttributes', { attributes });
    await aws.call('sns', 'SetSMSAttributes', { attributes: { MonthlySpendLimit: '10' } });
    expect(await aws.call('sns', 'GetSMSAttributes', {})).toEqual({
      attributes: { ...attributes, MonthlySpendLimit: '10' },
    });
    const asked = { attributes: ['DefaultSenderID', 'UsageReportS3Bucket'] };
    expect(await aws.call('sns', 'GetSMSAttributes', asked)).toEqual({
      attributes: { DefaultSenderID: 'Shop' },
    });
  });

  test('a number opts out by our own path, and in by AWS', async () => {
    await using aws = await startSns();
    const check = async () =>
      (await aws.call('sns', 'CheckIfPhoneNumberIsOptedOut', { phoneNumber })).isOptedOut;
    expect(await check()).toBe(false);
    expect((await get(aws, PATH, 'POST', { phoneNumber })).status).toBe(204);
    expect(await check()).toBe(true);
    expect((await get(aws, PATH)).json()).toEqual({ phoneNumbers: [phoneNumber] });
    expect(await aws.call('sns', 'ListPhoneNumbersOptedOut', {})).toEqual({
      phoneNumbers: [phoneNumber],
    });
    await aws.call('sns', 'OptInPhoneNumber', { phoneNumber });
    expect(await check()).toBe(false);
    expect(await aws.call('sns', 'ListPhoneNumbersOptedOut', {})).toEqual({ phoneNumbers: [] });
    await get(aws, PATH, 'POST', { phoneNumber });
    await get(aws, PATH, 'DELETE', { phoneNumber });
    expect(await check()).toBe(false);
  });
});

describe('refusals', () => {
  test.each([
    ['Colour', 'red', 'Colour is not a valid attribute'],
    ['DefaultSMSType', 'Fast', 'DefaultSMSType'],
    ['DefaultSenderID', '12345', 'DefaultSenderID'],
    ['MonthlySpendLimit', '-1', 'MonthlySpendLimit'],
    ['DeliveryStatusSuccessSamplingRate', '101', 'DeliveryStatusSuccessSamplingRate'],
  ])('the setting %s = %s', async (name, value, reason) => {
    await using aws = await startSns();
    const refused = await aws.fails('sns', 'SetSMSAttributes', { attributes: { [name]: value } });
    expect(refused.message).toBe(`Invalid parameter: ${reason}`);
  });

  test('what is no phone number', async () => {
    await using aws = await startSns();
    const refused = await aws.fails('sns', 'CheckIfPhoneNumberIsOptedOut', { phoneNumber: '12' });
    expect(refused.message).toBe('Invalid parameter: PhoneNumber Reason: 12 is not valid');
    expect((await get(aws, PATH, 'POST', { phoneNumber: '12' })).status).toBe(400);
    expect((await get(aws, PATH, 'PATCH', { phoneNumber })).status).toBe(405);
  });
});

describe('limits', () => {
  test('opted-out numbers are listed in pages of 100', async () => {
    await using aws = await startSns();
    for (let number = 100; number < 201; number += 1) {
      await get(aws, PATH, 'POST', { phoneNumber: `+15550${number}` });
    }
    const first = await aws.call('sns', 'ListPhoneNumbersOptedOut', {});
    expect(first.phoneNumbers).toHaveLength(100);
    const { nextToken = '' } = first;
    const second = await aws.call('sns', 'ListPhoneNumbersOptedOut', { nextToken });
    expect(second).toEqual({ phoneNumbers: ['+15550200'] });
  });
});
