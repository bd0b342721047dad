/**
 * Platform endpoints: one app on one device, known by the token that its platform gave it.
 * https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformEndpoint.html
 */
import { arnOf } from '../../core/arn.ts';
import type { CreatePlatformEndpointInput, Operations } from '../../wire/types/sns.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { inRegion, readArn } from './arns.ts';
import { change, listed } from './change.ts';
import { fault, invalid } from './errors.ts';
import { knownApplication, sameAttributes } from './platform-applications.ts';
import { type PlatformEndpoint, storeOf } from './store.ts';

type Attributes = Readonly<Record<string, string>>;

const SETTABLE = new Set(['CustomUserData', 'Enabled', 'Token']);
const MOST_USER_DATA_BYTES = 2048;

function checkAttributes(attributes: Attributes): void {
  const unknown = Object.keys(attributes).find((name) => !SETTABLE.has(name));
  if (unknown) throw invalid(`Attributes Reason: Invalid attribute: ${unknown}`);
  if (!/^(?:true|false)$/i.test(attributes.Enabled ?? 'true')) {
    throw invalid('Attributes Reason: Invalid value for attribute: Enabled: must be true or false');
  }
  if (Buffer.byteLength(attributes.CustomUserData ?? '') > MOST_USER_DATA_BYTES) {
    throw invalid('CustomUserData');
  }
}

export const CreatePlatformEndpoint: Operation<Operations['CreatePlatformEndpoint']> = (
  call,
  input,
) => {
  if (input.Token === '') throw invalid('Token');
  const given = givenAttributes(input);
  checkAttributes(given);
  return change(call.stack, async () => {
    const { partition, key, row, ...at } = await knownApplication(
      call,
      input.PlatformApplicationArn,
    );
    const { endpoints } = storeOf(call.stack);
    const all = await endpoints.list(partition);
    const same = all.find(
      ({ value }) => value.application === key && value.attributes.Token === input.Token,
    );
    if (same) {
      const EndpointArn = endpointArn(at, same.key);
      if (sameAttributes(same.value.attributes, given)) {
        return { writes: [], answer: { EndpointArn } };
      }
      // AWS's own example code reads the ARN out of this sentence.
      const exists = 'already exists with the same Token, but different attributes.';
      throw invalid(`Token Reason: Endpoint ${EndpointArn} ${exists}`);
    }
    const id = call.stack.ids.uuid();
    const attributes = { Enabled: 'true', ...given };
    const endpoint = { id, application: row.key, attributes };
    const answer = { EndpointArn: endpointArn(at, `${key}/${id}`) };
    return { writes: [endpoints.put(partition, `${key}/${id}`, endpoint, 0)], answer };
  });
};

function givenAttributes(input: CreatePlatformEndpointInput): Attributes {
  const { Token, CustomUserData: data, Attributes: attributes = {} } = input;
  return lowered({ ...attributes, Token, ...(data !== undefined && { CustomUserData: data }) });
}

function lowered(attributes: Attributes): Attributes {
  const { Enabled: enabled } = attributes;
  return enabled === undefined ? attributes : { ...attributes, Enabled: enabled.toLowerCase() };
}

/** `key` is `PLATFORM/application/id`. */
function endpointArn(at: { readonly account: string; readonly region: string }, key: string) {
  return arnOf('sns', at.region, at.account, `endpoint/${key}`);
}

function endpointPlace(call: Call, arn: string) {
  const name = 'EndpointArn';
  const { account, region, resource } = inRegion(call, readArn(arn, name), name);
  if (!/^endpoint\/[^/]+\/[^/]+\/[^/]+$/.test(resource)) throw invalid(name);
  return { partition: `${account}/${region}`, key: resource.slice('endpoint/'.length) };
}

async function knownEndpoint(call: Call, arn: string) {
  const place = endpointPlace(call, arn);
  const row = await storeOf(call.stack).endpoints.get(place.partition, place.key);
  if (!row) throw fault('NotFound', 'Endpoint does not exist');
  return { ...place, row };
}

export const DeleteEndpoint: Operation<Operations['DeleteEndpoint']> = (call, input) =>
  change(call.stack, async () => {
    const { partition, key } = endpointPlace(call, input.EndpointArn);
    return { writes: [storeOf(call.stack).endpoints.remove(partition, key)], answer: {} };
  });

export const SetEndpointAttributes: Operation<Operations['SetEndpointAttributes']> = (
  call,
  { EndpointArn: arn, Attributes: changes },
) => {
  checkAttributes(changes);
  return change(call.stack, async () => {
    const { partition, key, row } = await knownEndpoint(call, arn);
    const endpoint: PlatformEndpoint = {
      ...row.value,
      attributes: { ...row.value.attributes, ...lowered(changes) },
    };
    const put = storeOf(call.stack).endpoints.put(partition, key, endpoint, row.version);
    return { writes: [put], answer: {} };
  });
};

export const GetEndpointAttributes: Operation<Operations['GetEndpointAttributes']> = async (
  call,
  input,
) => {
  const { row } = await knownEndpoint(call, input.EndpointArn);
  return { Attributes: row.value.attributes };
};

export const ListEndpointsByPlatformApplication: Operation<
  Operations['ListEndpointsByPlatformApplication']
> = async (call, { PlatformApplicationArn: arn, NextToken: token }) => {
  const { partition, key, ...at } = await knownApplication(call, arn);
  const rows = await storeOf(call.stack).endpoints.list(partition);
  const theirs = rows.filter(({ value }) => value.application === key);
  const page = listed(call, theirs, (row) => row.key, token, [arn]);
  return {
    Endpoints: page.items.map((row) => ({
      EndpointArn: endpointArn(at, row.key),
      Attributes: row.value.attributes,
    })),
    NextToken: page.token,
  };
};
