/** What functions sign with on a server that checks signatures. */
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.ts';
import { createKey } from '../../src/access/key-admin.ts';
import { type Server, startServer } from '../../src/start.ts';
import { ROLE, zipOf } from '../services/lambda/a-function.ts';

const ROOT = { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: 'secret of the root!!' };

const CODE = `
import { createHmac, createHash } from 'node:crypto';
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const sha = (text) => createHash('sha256').update(text).digest('hex');
/** Signs by hand, because no SDK is in the zip file. */
export const handler = async ({ service, path, body }) => {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  const token = process.env.AWS_SESSION_TOKEN;
  const url = new URL(path, process.env.AWS_ENDPOINT_URL);
  const moment = new Date().toISOString().replace(/[-:]|\\.\\d{3}/g, '');
  const scope = moment.slice(0, 8) + '/us-east-1/' + service + '/aws4_request';
  const names = 'host;x-amz-date;x-amz-security-token';
  const fields = [['host', url.host], ['x-amz-date', moment], ['x-amz-security-token', token]];
  const headers = fields.map((field) => field.join(':') + '\\n').join('');
  const canonical = ['POST', url.pathname, '', headers, names, sha(body)].join('\\n');
  const text = ['AWS4-HMAC-SHA256', moment, scope, sha(canonical)].join('\\n');
  const key = scope.split('/').reduce(hmac, 'AWS4' + secret);
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + id + '/' + scope +
    ', SignedHeaders=' + names + ', Signature=' + hmac(key, text).toString('hex');
  const said = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-amz-date': moment,
      'x-amz-security-token': token, authorization },
  });
  return said.text();
};
`;

async function asked(server: Server, event: object): Promise<string> {
  const how = { endpoint: server.endpoint, region: 'us-east-1', credentials: ROOT };
  const lambda = new LambdaClient(how);
  try {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'f',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: ROLE,
        Timeout: 30,
        Code: { ZipFile: zipOf({ 'index.mjs': CODE }) },
      }),
    );
    await server.stack.settled();
    const Payload = JSON.stringify(event);
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'f', Payload }));
    return answer.Payload?.transformToString() ?? '';
  } finally {
    lambda.destroy();
  }
}

describe('a function on a strict server', () => {
  test('acts as a session of its role, in its account', async () => {
    const server = await startServer({ port: 0, auth: 'strict', access: { rootKey: ROOT } });
    try {
      const body = 'Action=GetCallerIdentity&Version=2011-06-15';
      const said = await asked(server, { service: 'sts', path: '/', body });
      expect(said).toContain('arn:aws:sts::000000000000:assumed-role/worker/f');
    } finally {
      await server.close();
    }
  });

  test('is no operator of the server', async () => {
    const server = await startServer({ port: 0, auth: 'strict', access: { rootKey: ROOT } });
    try {
      const said = await asked(server, {
        service: 'millrace',
        path: '/_millrace/v1/keys',
        body: '{}',
      });
      expect(said).toContain('is not authorized to perform: millrace:Operate');
      const { stack } = server;
      const order = { account: '000000000000' };
      await createKey(accessOf(stack), stack.ids, stack.clock.nowMs(), order);
      expect(await accessOf(stack).list()).toHaveLength(1);
    } finally {
      await server.close();
    }
  });
});
