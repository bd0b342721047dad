/**
 * Platform applications: the accounts with Apple, Google and others that mobile push goes
 * through. They are kept and shown; what is pushed ends in the outbox.
 * https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformApplication.html
 */
import { arnOf } from '../../core/arn.ts';
import type { Operations } from '../../wire/types/sns.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { inRegion, readArn } from './arns.ts';
import { change, listed } from './change.ts';
import { fault, invalid } from './errors.ts';
import { type PlatformApplication, partitionOf, storeOf } from './store.ts';

type Attributes = Readonly<Record<string, string>>;

const PLATFORMS = new Set([
  ...['ADM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX'],
  ...['MACOS', 'MACOS_SANDBOX', 'GCM', 'BAIDU', 'MPNS', 'WNS'],
]);

/** Secrets and what belongs to them are taken and never shown. */
const SECRET = new Set(['PlatformCredential', 'PlatformPrincipal']);
const SETTABLE = new Set([
  ...SECRET,
  ...['EventEndpointCreated', 'EventEndpointDeleted', 'EventEndpointUpdated'],
  ...['EventDeliveryFailure', 'SuccessFeedbackRoleArn', 'FailureFeedbackRoleArn'],
  ...['SuccessFeedbackSampleRate', 'Enabled', 'ApplePlatformTeamID', 'ApplePlatformBundleID'],
]);

function checkAttributes(attributes: Attributes): void {
  const unknown = Object.keys(attributes).find((name) => !SETTABLE.has(name));
  if (unknown) throw invalid(`Attributes Reason: Invalid attribute: ${unknown}`);
}

export const CreatePlatformApplication: Operation<Operations['CreatePlatformApplication']> = (
  call,
  { Name: name, Platform: platform, Attributes: attributes },
) => {
  if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name)) throw invalid('Name');
  if (!PLATFORMS.has(platform)) throw invalid(`Platform Reason: ${platform} is not supported`);
  if (!attributes.PlatformCredential) {
    throw invalid('Attributes Reason: PlatformCredential attribute is required');
  }
  checkAttributes(attributes);
  const key = `${platform}/${name}`;
  return change(call.stack, async () => {
    const { applications } = storeOf(call.stack);
    const row = await applications.get(partitionOf(call), key);
    const answer = { PlatformApplicationArn: applicationArn(call, key) };
    if (row) {
      if (sameAttributes(row.value.attributes, attributes)) return { writes: [], answer };
      throw invalid('Attributes Reason: Platform application already exists with different ones');
    }
    const application = { name, platform, attributes };
    return { writes: [applications.put(partitionOf(call), key, application, 0)], answer };
  });
};

export function sameAttributes(before: Attributes, given: Attributes): boolean {
  return Object.entries(given).every(([name, value]) => before[name] === value);
}

/** `key` is `PLATFORM/name`. */
export function applicationArn(
  at: { readonly account: string; readonly region: string },
  key: string,
): string {
  return arnOf('sns', at.region, at.account, `app/${key}`);
}

/** Where the application of an ARN is kept. */
export function applicationPlace(call: Call, arn: string) {
  const name = 'PlatformApplicationArn';
  const { account, region, resource } = inRegion(call, readArn(arn, name), name);
  if (!/^app\/[^/]+\/[^/]+$/.test(resource)) throw invalid(name);
  return { partition: `${account}/${region}`, key: resource.slice('app/'.length), account, region };
}

export async function knownApplication(call: Call, arn: string) {
  const place = applicationPlace(call, arn);
  const row = await storeOf(call.stack).applications.get(place.partition, place.key);
  if (!row) throw fault('NotFound', 'PlatformApplication does not exist');
  return { ...place, row };
}

export const DeletePlatformApplication: Operation<Operations['DeletePlatformApplication']> = (
  call,
  input,
) =>
  change(call.stack, async () => {
    const { applications, endpoints } = storeOf(call.stack);
    const { partition, key } = applicationPlace(call, input.PlatformApplicationArn);
    const rows = await endpoints.list(partition);
    const theirs = rows.filter(({ value }) => value.application === key);
    const writes = [
      applications.remove(partition, key),
      ...theirs.map((row) => endpoints.remove(partition, row.key)),
    ];
    return { writes, answer: {} };
  });

export const SetPlatformApplicationAttributes: Operation<
  Operations['SetPlatformApplicationAttributes']
> = (call, { PlatformApplicationArn: arn, Attributes: changes }) => {
  checkAttributes(changes);
  return change(call.stack, async () => {
    const { partition, key, row } = await knownApplication(call, arn);
    const attributes = { ...row.value.attributes, ...changes };
    const application = { ...row.value, attributes };
    const put = storeOf(call.stack).applications.put(partition, key, application, row.version);
    return { writes: [put], answer: {} };
  });
};

export const GetPlatformApplicationAttributes: Operation<
  Operations['GetPlatformApplicationAttributes']
> = async (call, input) => {
  const { row } = await knownApplication(call, input.PlatformApplicationArn);
  return { Attributes: shown(row.value) };
};

export const ListPlatformApplications: Operation<Operations['ListPlatformApplications']> = async (
  call,
  input,
) => {
  const rows = await storeOf(call.stack).applications.list(partitionOf(call));
  const page = listed(call, rows, ({ key }) => key, input.NextToken);
  return {
    PlatformApplications: page.items.map(({ key, value }) => ({
      PlatformApplicationArn: applicationArn(call, key),
      Attributes: shown(value),
    })),
    NextToken: page.token,
  };
};

function shown({ attributes }: PlatformApplication): Attributes {
  const open = Object.entries(attributes).filter(([name]) => !SECRET.has(name));
  return { Enabled: 'true', ...Object.fromEntries(open) };
}
