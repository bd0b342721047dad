/** A function for tests, from files written down as text. */
import { strToU8, zipSync } from 'fflate';
import type { CreateFunctionRequest } from '../../../src/wire/types/lambda.ts';
import type { Suite } from '../../sdk/suite.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/worker';

/** A zip file; a value may carry the file's attributes as well. */
export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const texts = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  // A fixed date makes the same files the same bytes.
  return zipSync(Object.fromEntries(texts), { mtime: new Date('2026-01-01T00:00:00Z') });
}

export const CODE = zipOf({ 'index.mjs': 'export const handler = async (event) => event;' });

export const plain = {
  FunctionName: 'f',
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Role: ROLE,
  Code: { ZipFile: CODE },
} as const satisfies CreateFunctionRequest;

/** Makes a function and waits until it is ready. */
export async function aFunction(aws: Suite, given: Partial<CreateFunctionRequest> = {}) {
  const made = await aws.call('lambda', 'CreateFunction', { ...plain, ...given });
  await aws.settled();
  return { name: made.FunctionName ?? '', arn: made.FunctionArn ?? '', made };
}
