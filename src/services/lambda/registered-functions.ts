/**
 * Functions that are registered rather than uploaded: a row like any other function's, whose code
 * is a handler of this process. Everything that concerns functions works with it; only its code
 * cannot be downloaded.
 */
import { hash } from 'node:crypto';
import type { Stack } from '../../delivery/stack.ts';
import type { InProcessHandler } from '../../execution/execution.ts';
import type { Write } from '../../storage/storage.ts';
import { commitPlan } from '../change.ts';
import { type FunctionAddress, functionArn, LATEST } from './arns.ts';
import { recount, zipsOf } from './code.ts';
import { fault } from './errors.ts';
import { handlersOf } from './handlers.ts';
import {
  type FunctionRecord,
  type FunctionVersion,
  ofFunction,
  partitionOf,
  storeOf,
} from './store.ts';

/** What may be said about a function besides its handler. */
export interface Registration {
  /** 1 to 900; default 3, as on AWS. */
  readonly timeoutSeconds?: number;
  /** Default 128. It is told to the handler, and binds nobody. */
  readonly memoryMb?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** Queue or topic for asynchronous events that are given up. */
  readonly deadLetterArn?: string;
  readonly reservedConcurrency?: number;
}

/** Makes or replaces a function whose code is `handler`. Answers its ARN. */
export async function registerFunction(
  stack: Stack,
  address: FunctionAddress,
  handler: InProcessHandler,
  registration: Registration = {},
): Promise<string> {
  const arn = functionArn(address);
  const { functions, versions } = storeOf(stack);
  const lost = () => fault('ServiceException', `${arn} is being changed by somebody else.`);
  await commitPlan(
    stack.storage,
    async () => {
      const [place, inside] = [partitionOf(address), ofFunction(address)];
      const before = await functions.get(place, address.name);
      const latest = await versions.get(inside, LATEST);
      const record = recordOf(stack, address, before?.value, registration);
      const version = versionOf(stack, address, registration);
      const writes: readonly Write[] = [
        functions.put(place, address.name, record, before?.version ?? 0),
        versions.put(inside, LATEST, version, latest?.version ?? 0),
        ...(await recount(stack, { ended: zipsOf(latest?.value) })),
      ];
      return { writes, answer: undefined };
    },
    lost,
  );
  handlersOf(stack).register(arn, handler);
  return arn;
}

function recordOf(
  { clock, ids }: Stack,
  { name }: FunctionAddress,
  before: FunctionRecord | undefined,
  { reservedConcurrency }: Registration,
): FunctionRecord {
  const fresh: FunctionRecord = {
    name,
    id: ids.uuid(),
    tags: {},
    lastVersion: 0,
    recursion: 'Terminate',
    createdAtMs: clock.nowMs(),
  };
  return { ...(before ?? fresh), reservedConcurrency };
}

function versionOf(
  { clock, ids }: Stack,
  { account, name }: FunctionAddress,
  registration: Registration,
): FunctionVersion {
  const { timeoutSeconds = 3, memoryMb = 128, variables, deadLetterArn } = registration;
  return {
    version: LATEST,
    description: '',
    handler: 'registered',
    role: `arn:aws:iam::${account}:role/${name}`,
    timeoutSeconds,
    memoryMb,
    ephemeralMb: 512,
    variables,
    layers: [],
    architectures: ['x86_64'],
    tracing: 'PassThrough',
    deadLetterArn,
    logging: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
    settings: {},
    code: { kind: 'handler' },
    codeSha256: hash('sha256', name, 'base64'),
    codeBytes: 0,
    revisionId: ids.uuid(),
    modifiedAtMs: clock.nowMs(),
    state: 'Active',
    update: 'Successful',
  };
}
