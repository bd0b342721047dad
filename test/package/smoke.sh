#!/usr/bin/env bash
# Builds and packs the package, installs it into an empty project, starts it there and uses its test kit:
# on this Node, and on the oldest one that package.json promises.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"
root=$PWD
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT

npm run --silent build
tarball=$(npm pack --silent --pack-destination "$project")
cd "$project"
npm init --yes >/dev/null
npm pkg set type=module >/dev/null
npm pkg set allowScripts.node=true --json >/dev/null
npm install --silent --no-audit --no-fund "./$tarball" @aws-sdk/client-sqs@3.1169.0 \
  @aws-sdk/client-dynamodb@3.1162.0 node@22.13.0

mkdir functions
echo 'export const handler = async (event: { n: number }): Promise<number> => event.n * 2;' >functions/typed.ts
echo 'exports.handler = async ({ n }) => n * 2;' >functions/plain.cjs
printf 'def handler(event, context):\n    return event["n"] * 2\n' >functions/snake.py

(cd functions && python3 -m zipfile -c ../functions.zip plain.cjs)

cat >smoke.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startServer } from 'millrace';
// The EventBridge client is not installed here, and need not be.
import { dynamoEventStore } from 'millrace/patterns';
import { startAws } from 'millrace/testing';

const server = await startServer({ port: 0, data: './data', console: true });
const page = await (await fetch(server.console)).text();
const [, script] = /src="([^"]+\.js)"/.exec(page) ?? [];
for (const path of [script, '_millrace/v1/session', '_millrace/v1/openapi.json', 'LICENSES.txt']) {
  const { status } = await fetch(new URL(path, server.console));
  if (status !== 200) throw new Error(`The console answers ${status} for ${path}.`);
}
const S3Key = new URL('functions', import.meta.url).pathname;
const folder = { S3Bucket: 'hot-reload', S3Key };
const zip = { ZipFile: readFileSync('functions.zip', 'base64') };
for (const [name, Runtime, Code] of [
  ['typed', 'nodejs22.x', folder],
  ['snake', 'python3.11', folder],
  ['plain', 'nodejs22.x', zip],
]) {
  const post = (path, body) => fetch(server.endpoint + path, { method: 'POST', body: JSON.stringify(body) });
  const FunctionName = `${name}-${process.version.replaceAll('.', '-')}`;
  const Role = 'arn:aws:iam::000000000000:role/any';
  const made = { FunctionName, Runtime, Role, Handler: `${name}.handler`, Code };
  await post('/2015-03-31/functions', made);
  const answer = await post(`/2015-03-31/functions/${FunctionName}/invocations`, { n: 21 });
  const text = await answer.text();
  if (text !== '42') throw new Error(`${name} answered ${answer.status} ${text}`);
}
await server.close();

const aws = await startAws();
const sqs = aws.client(SQSClient);
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'packed' }));
const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
const client = aws.client(DynamoDBClient);
const keys = { streamId: 'HASH', version: 'RANGE' };
await client.send(
  new CreateTableCommand({
    TableName: 'events',
    KeySchema: Object.entries(keys).map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    AttributeDefinitions: Object.keys(keys).map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    BillingMode: 'PAY_PER_REQUEST',
  }),
);
const store = dynamoEventStore({ client, table: 'events', clock: aws.clock });
const { version } = await store.append('a', [{ type: 'Packed', data: 1 }], { expectedVersion: 'none' });
await aws[Symbol.asyncDispose]();
if (version !== 1) throw new Error('The event was not appended.');
if (Messages?.[0]?.Body !== 'packed') throw new Error('The message did not arrive.');
console.log(`package: ok on Node ${process.version}`);
JS
floor=node_modules/node/bin/node
for run in node "$floor"; do
  "$run" smoke.mjs 2>stderr || { cat stderr; exit 1; }
  "$run" node_modules/millrace/dist/cli.js version
  # No warning of Node's, either.
  [ ! -s stderr ] || { cat stderr; exit 1; }
done
[ "$("$floor" --version)" = v22.13.0 ]

# Where the machine has an older one too, that one says what is needed.
for folder in ${PATH//:/ }; do
  [ -x "$folder/node" ] || continue
  case "$("$folder/node" --version)" in
    v18.* | v20.*)
      # It ends with 1, as it should.
      said=$("$folder/node" node_modules/millrace/dist/cli.js start --memory 2>&1 || true)
      grep '^millrace: Node 22.13 or later is needed' <<<"$said"
      ;;
  esac
done
cd "$root"
