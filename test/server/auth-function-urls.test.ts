/** URLs of functions with the auth type AWS_IAM, on a server that checks signatures. */
import { expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.ts';
import { createKey } from '../../src/access/key-admin.ts';
import type { Input } from '../../src/access/wishes/wish.ts';
import { signatureHeaders } from '../../src/server/signature-sign.ts';
import { allServices } from '../../src/services/all.ts';
import { CODE, ROLE } from '../services/lambda/a-function.ts';
import { ask, NOW, type Wired, wired } from './stack.ts';

const ROOT = { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: 'secret of the root!!' };
const AS = {
  account: '000000000000',
  region: 'us-east-1',
  principalArn: 'arn:aws:iam::000000000000:root',
};

async function aUrl({ stack }: Wired): Promise<string> {
  const FunctionName = 'f';
  const call = (operation: string, input: Input) => stack.invoke('lambda', operation, input, AS);
  const code = { Handler: 'index.handler', Role: ROLE, Code: { ZipFile: CODE } };
  await call('CreateFunction', { FunctionName, Runtime: 'nodejs22.x', ...code });
  await stack.settled();
  const made = await call('CreateFunctionUrlConfig', { FunctionName, AuthType: 'AWS_IAM' });
  const { FunctionUrl: url } = made as { readonly FunctionUrl: string };
  return /[a-z0-9]{32}/.exec(url)?.[0] ?? '';
}

test('lets in whose signature is right and whose policies allow both actions', async () => {
  await using at = await wired(allServices, { auth: 'strict', access: { rootKey: ROOT } });
  const path = `/_lambda-url/${await aUrl(at)}/`;
  const get = async (key: typeof ROOT | undefined) => {
    const url = new URL(path, at.served.endpoint);
    const scope = { service: 'lambda', region: 'us-east-1', nowMs: Date.now() };
    const headers = key && signatureHeaders({ method: 'GET', url, body: '' }, key, scope);
    return (await ask(at, path, { ...(headers && { headers }) })).status;
  };
  const user = (name: string, Action: unknown) => {
    const Statement = { Effect: 'Allow', Action, Resource: '*' };
    const document = JSON.stringify({ Version: '2012-10-17', Statement });
    const order = { account: AS.account, user: name, policies: [{ name: 'own', document }] };
    return createKey(accessOf(at.stack), at.stack.ids, NOW, order);
  };
  expect(await get(undefined)).toBe(403);
  expect(await get({ ...ROOT, secretAccessKey: 'wrong' })).toBe(403);
  expect(await get(await user('one', 'lambda:InvokeFunctionUrl'))).toBe(403);
  const both = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];
  expect(await get(await user('two', both))).toBe(200);
  expect(await get(ROOT)).toBe(200);
});
