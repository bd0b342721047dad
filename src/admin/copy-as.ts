/**
 * What the console and the command line send, for other tools: as a line for the AWS CLI, as a
 * module for the AWS SDK for JavaScript, and as a test. Each runs as it is printed. Where
 * signatures are checked, keys are those of the environment; nothing of a secret is printed.
 */
import type { CopyAs } from '../admin-api/index.ts';
import type { Sending } from '../delivery/lens.ts';
import { commandLine } from './cli-line.ts';
import { literalOf, quoted } from './sdk-literal.ts';

export interface Copied {
  readonly service: string;
  readonly sending: Sending;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly endpoint: string;
  /** The access key id that stands for the account; undefined where the environment has keys. */
  readonly keys: string | undefined;
}

interface Sdk {
  readonly client: string;
  readonly module: string;
  /** The journal's id, of `output`. */
  readonly id: string;
}

/** Of the services that something is sent to. */
const SDKS: Readonly<Record<string, Sdk>> = {
  events: {
    client: 'EventBridgeClient',
    module: '@aws-sdk/client-eventbridge',
    id: "output.Entries?.[0]?.EventId ?? ''",
  },
  sns: { client: 'SNSClient', module: '@aws-sdk/client-sns', id: "output.MessageId ?? ''" },
  sqs: { client: 'SQSClient', module: '@aws-sdk/client-sqs', id: "output.MessageId ?? ''" },
  kinesis: {
    client: 'KinesisClient',
    module: '@aws-sdk/client-kinesis',
    id: "[output.ShardId, output.SequenceNumber].join(':')",
  },
  lambda: {
    client: 'LambdaClient',
    module: '@aws-sdk/client-lambda',
    id: "output.$metadata.requestId ?? ''",
  },
};

export function copyAs(copied: Copied): CopyAs {
  const { service } = copied;
  const sdk = SDKS[service];
  if (!sdk) throw new Error(`Nothing is known of the SDK's client for ${service}.`);
  return { cli: commandLine(copied), sdk: sdkModule(copied, sdk), test: testModule(copied, sdk) };
}

function sdkModule(copied: Copied, { client, module }: Sdk): string {
  const { service, sending, endpoint, region, keys } = copied;
  const { operation, input } = sending;
  const credentials =
    keys === undefined
      ? ''
      : `  credentials: { accessKeyId: ${quoted(keys)}, secretAccessKey: 'test' },\n`;
  return `import { ${client}, ${operation}Command } from '${module}';

const client = new ${client}({
  endpoint: ${quoted(endpoint)},
  region: ${quoted(region)},
${credentials}});
const output = await client.send(
${command(operation, literalOf({ service, operation, input }))},
);
console.log(output);
`;
}

function command(operation: string, literal: string): string {
  return indented(`new ${operation}Command(${literal})`);
}

function indented(code: string): string {
  return code.replaceAll(/^(?=.)/gm, '  ');
}

const DEFAULTS = { account: '000000000000', region: 'us-east-1' };

function testModule(copied: Copied, { client, module, id }: Sdk): string {
  const { service, sending, endpoint, account, region } = copied;
  const { operation, input, form, make } = sending;
  const commands = [operation, ...(make ? [make.operation] : [])].map((name) => `${name}Command`);
  const isDefault = account === DEFAULTS.account && region === DEFAULTS.region;
  const place = `{ account: ${quoted(account)}, region: ${quoted(region)} }`;
  const article = /^[aeiou]/.test(form) ? 'an' : 'a';
  const body = `await using aws = await startAws(${isDefault ? '' : place});
const client = aws.client(${client});
${setUp(copied)}// Here goes what it is to meet: rules, subscriptions, functions.

const output = await client.send(
${command(operation, literalOf({ service, operation, input, endpoint }))},
);
await aws.settled();

const trace = await aws.trace(${id});
expect(trace).toBeDefined();`;
  return `import { ${[...commands, client].sort().join(', ')} } from '${module}';
import { startAws } from 'millrace/testing';
import { expect, test } from 'vitest';

test('${article} ${form} goes its way', async () => {
${indented(body)}
});
`;
}

function setUp({ service, sending }: Copied): string {
  const { make, input } = sending;
  if (service === 'lambda') {
    const name = quoted(String(input.FunctionName));
    return `await aws.lambda(${name}, async (event: unknown) => event);\n`;
  }
  if (!make) return '';
  const { operation } = make;
  const literal = literalOf({ service, operation, input: make.input });
  return `await client.send(\n${command(operation, literal)},\n);\nawait aws.settled();\n`;
}
