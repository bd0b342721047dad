/**
 * Functions: made, described, listed, deleted. What hangs on one goes with it, in one commit.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-functions.html
 */
import type { Stack } from '../../delivery/stack.ts';
import type { CreateFunctionRequest, Operations } from '../../wire/types/lambda.ts';
import type { Call } from '../call.ts';
import type { Plan } from '../change.ts';
import type { Operation } from '../service.ts';
import { addressed, unqualified } from './access.ts';
import { type FunctionAddress, LATEST, type Qualified } from './arns.ts';
import { change, listed } from './change.ts';
import { codeLocation, recount, zipsOf } from './code.ts';
import { type GivenCode, readGivenCode } from './code-source.ts';
import { briefConfiguration, configuration } from './configuration.ts';
import { conflict, invalid, notBuilt, unsatisfied } from './errors.ts';
import { DEFAULTS, type Settings, settingsFrom } from './function-settings.ts';
import { knownFunction, resolveKnown } from './lookup.ts';
import { functionRemoval, versionRemoval } from './removal.ts';
import { retire } from './running.ts';
import { becomeReady, readySoon } from './states.ts';
import {
  type FunctionRecord,
  type FunctionVersion,
  ofFunction,
  partitionOf,
  storeOf,
} from './store.ts';
import { checkTags } from './tags.ts';
import { checkTogether } from './used-layers.ts';

const LONGEST_NAME = 64;

export const CreateFunction: Operation<Operations['CreateFunction']> = async (call, input) => {
  const { stack } = call;
  const address = await newAddress(call, input);
  checkKind(input);
  checkTags(input.Tags ?? {});
  const settings = await settingsFrom(call, input, DEFAULTS);
  const code = await readGivenCode(stack, input.Code);
  await checkTogether(call, code.zip?.unzippedBytes ?? 0, settings.layers);
  const answer = await change(stack, () => planFunction(call, input, address, settings, code));
  await becomeReady(stack, address);
  return answer;
};

async function newAddress(call: Call, input: CreateFunctionRequest): Promise<FunctionAddress> {
  const address = await unqualified(call, input);
  if (address.name.length <= LONGEST_NAME) return address;
  const constraint = `Member must have length less than or equal to ${LONGEST_NAME}`;
  throw unsatisfied(address.name, 'functionName', constraint);
}

function checkKind(input: CreateFunctionRequest): void {
  if (input.PackageType === 'Image') throw notBuilt('functions from container images');
  if (input.CodeSigningConfigArn !== undefined) throw notBuilt('code signing');
  if (input.TenancyConfig) throw notBuilt('tenant isolation');
  if (input.PublishTo !== undefined) throw notBuilt('publishing to $LATEST.PUBLISHED');
  if (input.Runtime === undefined || input.Handler === undefined) {
    const what = 'functions created with deployment packages';
    throw invalid(`Runtime and Handler are mandatory parameters for ${what}.`);
  }
}

async function planFunction(
  { stack }: Call,
  input: CreateFunctionRequest,
  address: FunctionAddress,
  settings: Settings,
  { code, codeSha256, codeBytes, zip }: GivenCode,
): Promise<Plan<ReturnType<typeof configuration>>> {
  const { functions, versions } = storeOf(stack);
  const { name } = address;
  const partition = ofFunction(address);
  const before = await functions.get(partitionOf(address), name);
  if (before) throw conflict(`Function already exist: ${name}`);
  const nowMs = stack.clock.nowMs();
  const latest: FunctionVersion = {
    ...settings,
    ...{ version: LATEST, code, codeSha256, codeBytes, modifiedAtMs: nowMs },
    architectures: input.Architectures ?? ['x86_64'],
    revisionId: stack.ids.uuid(),
    state: 'Pending',
    update: 'InProgress',
  };
  const record: FunctionRecord = {
    ...{ name, id: stack.ids.uuid(), tags: input.Tags ?? {} },
    lastVersion: input.Publish ? 1 : 0,
    recursion: 'Terminate',
    createdAtMs: nowMs,
  };
  const first = { ...latest, version: '1', revisionId: stack.ids.uuid() };
  const made = input.Publish ? [latest, first] : [latest];
  const writes = [
    functions.put(partitionOf(address), name, record, 0),
    ...made.map((version) => versions.put(partition, version.version, version, 0)),
    ...(await recount(stack, { begun: made.flatMap(zipsOf) }, zip)),
    readySoon(stack, address),
  ];
  return { writes, answer: configuration(address, made.at(-1) ?? latest) };
}

export const GetFunction: Operation<Operations['GetFunction']> = async (call, input) => {
  const address = await addressed(call, input);
  const { record, version } = await described(call.stack, address);
  const { tags, reservedConcurrency } = record.value;
  const { code } = version.value;
  return {
    Configuration: configuration(address, version.value, address.qualifier),
    Code:
      code.kind === 'zip'
        ? { RepositoryType: 'S3', Location: codeLocation(call.endpoint, code.sha256) }
        : { RepositoryType: 'Local', ...(code.kind === 'folder' && { Location: code.path }) },
    ...(Object.keys(tags).length > 0 && { Tags: { ...tags } }),
    ...(reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
    }),
  };
};

export const GetFunctionConfiguration: Operation<Operations['GetFunctionConfiguration']> = async (
  call,
  input,
) => {
  const address = await addressed(call, input);
  const { version } = await described(call.stack, address);
  return configuration(address, version.value, address.qualifier);
};

/** What is described is what an alias stands for, never the version that a weight draws. */
async function described(stack: Stack, address: Qualified) {
  if (address.qualifier === undefined) await knownFunction(stack, address);
  const resolved = await resolveKnown(stack, address);
  const { alias } = resolved;
  return alias ? resolveKnown(stack, { ...address, qualifier: alias.version }) : resolved;
}

export const ListFunctions: Operation<Operations['ListFunctions']> = async (call, input) => {
  const { stack } = call;
  const { MasterRegion: master, FunctionVersion: which } = input;
  if (master !== undefined && which !== 'ALL') {
    throw invalid('FunctionVersion must be set to ALL if MasterRegion is specified');
  }
  // No function here is a replica of another Region's.
  const isAbroad = master !== undefined && master !== 'ALL';
  const rows = isAbroad ? [] : await storeOf(stack).functions.list(partitionOf(call));
  const all = (
    await Promise.all(
      rows.map(async ({ key: name }) => {
        const address = { account: call.account, region: call.region, name };
        const versions = await versionsOf(stack, address);
        const shown = which === 'ALL' ? versions : versions.slice(0, 1);
        return shown.map((version) => ({ address, version }));
      }),
    )
  ).flat();
  const keyOf = ({ address, version }: (typeof all)[number]) =>
    `${address.name}:${version.version}`;
  const { items, NextMarker } = listed(call, all, keyOf, input, [master, which]);
  const Functions = items.map(({ address, version }) =>
    briefConfiguration(address, version, which === 'ALL' ? version.version : undefined),
  );
  return { Functions, NextMarker };
};

/** `$LATEST` and then the others, by number. */
export async function versionsOf(
  stack: Stack,
  address: FunctionAddress,
): Promise<readonly FunctionVersion[]> {
  const rows = await storeOf(stack).versions.list(ofFunction(address));
  const order = ({ version }: FunctionVersion) => (version === LATEST ? 0 : Number(version));
  return rows.map(({ value }) => value).sort((a, b) => order(a) - order(b));
}

export const DeleteFunction: Operation<Operations['DeleteFunction']> = async (call, input) => {
  const { qualifier, ...address } = await addressed(call, input);
  if (qualifier === LATEST) {
    throw invalid('$LATEST version cannot be deleted without deleting the function.');
  }
  if (qualifier !== undefined && !/^\d+$/.test(qualifier)) {
    throw invalid('Deletion of aliases is not currently supported.');
  }
  const answer = await change(call.stack, async () => {
    const found = await knownFunction(call.stack, address);
    const writes = qualifier
      ? await versionRemoval(call.stack, found, qualifier)
      : await functionRemoval(call.stack, address, found.record.version);
    return { writes, answer: { StatusCode: 204 } };
  });
  await retire(call.stack, address);
  return answer;
};
