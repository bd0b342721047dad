/**
 * SMS settings, and phone numbers whose owners want no messages. AWS learns of the latter from
 * replies such as STOP; here a route of ours says so.
 * https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html
 */
import type { Operations } from '../../wire/types/sns.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { change, listed } from './change.ts';
import { PHONE_NUMBER } from './direct.ts';
import { invalid } from './errors.ts';
import { type PhoneNumber, partitionOf, storeOf } from './store.ts';

type Check = (value: string) => boolean;

const isPercentage: Check = (value) => /^\d{1,3}$/.test(value) && Number(value) <= 100;

const SETTINGS: Readonly<Record<string, Check>> = {
  MonthlySpendLimit: (value) => /^\d+$/.test(value),
  DeliveryStatusIAMRole: (value) => value === '' || value.startsWith('arn:'),
  DeliveryStatusSuccessSamplingRate: isPercentage,
  DefaultSenderID: (value) => value === '' || /^(?=.*[A-Za-z])[A-Za-z0-9-]{1,11}$/.test(value),
  DefaultSMSType: (value) => value === 'Promotional' || value === 'Transactional',
  UsageReportS3Bucket: (value) => value.length <= 63,
};

const known = new Map(Object.entries(SETTINGS));
const KEY = 'sms';

export const SetSMSAttributes: Operation<Operations['SetSMSAttributes']> = (call, input) => {
  for (const [name, value] of Object.entries(input.attributes)) {
    const check = known.get(name);
    if (!check) throw invalid(`${name} is not a valid attribute`);
    if (!check(value)) throw invalid(name);
  }
  return change(call.stack, async () => {
    const { smsSettings } = storeOf(call.stack);
    const row = await smsSettings.get(partitionOf(call), KEY);
    const settings = { ...row?.value, ...input.attributes };
    const put = smsSettings.put(partitionOf(call), KEY, settings, row?.version ?? 0);
    return { writes: [put], answer: {} };
  });
};

export const GetSMSAttributes: Operation<Operations['GetSMSAttributes']> = async (call, input) => {
  const row = await storeOf(call.stack).smsSettings.get(partitionOf(call), KEY);
  const { attributes: wanted = [] } = input;
  const all = Object.entries(row?.value ?? {});
  const chosen = wanted.length === 0 ? all : all.filter(([name]) => wanted.includes(name));
  return { attributes: Object.fromEntries(chosen) };
};

export const CheckIfPhoneNumberIsOptedOut: Operation<
  Operations['CheckIfPhoneNumberIsOptedOut']
> = async (call, { phoneNumber: number }) => {
  const row = await storeOf(call.stack).phoneNumbers.get(partitionOf(call), checked(number));
  return { isOptedOut: row?.value.optedOut ?? false };
};

export const ListPhoneNumbersOptedOut: Operation<Operations['ListPhoneNumbersOptedOut']> = async (
  call,
  { nextToken: token },
) => {
  const rows = await storeOf(call.stack).phoneNumbers.list(partitionOf(call));
  const optedOut = rows.filter(({ value }) => value.optedOut);
  const page = listed(call, optedOut, ({ key }) => key, token);
  return { phoneNumbers: page.items.map(({ key }) => key), nextToken: page.token };
};

export const OptInPhoneNumber: Operation<Operations['OptInPhoneNumber']> = async (call, input) => {
  await setOptedOut(call, call, checked(input.phoneNumber), false);
  return {};
};

function checked(number: string): string {
  if (PHONE_NUMBER.test(number)) return number;
  throw invalid(`PhoneNumber Reason: ${number} is not valid`);
}

/** Remembers whether a number gets messages. */
export function setOptedOut(
  { stack }: Pick<Call, 'stack'>,
  place: { readonly account: string; readonly region: string },
  number: string,
  optedOut: boolean,
): Promise<void> {
  return change(stack, async () => {
    const { phoneNumbers } = storeOf(stack);
    const phone: PhoneNumber = { number, optedOut };
    return { writes: [phoneNumbers.put(partitionOf(place), number, phone)], answer: undefined };
  });
}
