/**
 * An operation as a line for the AWS CLI and a POSIX shell.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
 */
import { isUtf8 } from 'node:buffer';
import type { Sending } from '../delivery/lens.ts';
import { member, modelOf } from '../wire/models.ts';

export interface Asked {
  readonly service: string;
  readonly sending: Pick<Sending, 'operation' | 'input'>;
  readonly endpoint: string;
  readonly region: string;
  /** The access key id; undefined where the environment has keys. */
  readonly keys: string | undefined;
}

export function commandLine({ service, sending, endpoint, region, keys }: Asked): string {
  const { operation, input } = sending;
  const environment =
    keys === undefined ? [] : [`AWS_ACCESS_KEY_ID=${keys}`, 'AWS_SECRET_ACCESS_KEY=test'];
  const words = [
    ...environment,
    ...['aws', service, dashed(operation)],
    ...optionsOf(service, operation, input),
    // What a function answers goes into a file.
    ...(service === 'lambda' && operation === 'Invoke' ? ['/dev/stdout'] : []),
    ...['--endpoint-url', quoted(endpoint), '--region', quoted(region)],
  ];
  return words.join(' ');
}

/** The CLI reads what such a value names, and sends that. */
const READ_FROM = /^(?:fileb?|https?):\/\//;

function optionsOf(service: string, operation: string, input: Sending['input']): string[] {
  const members = Object.entries(input).filter(([, value]) => value !== undefined);
  // A queue's URL is the one that is not followed.
  const isRead = members.some(
    ([name, value]) => name !== 'QueueUrl' && typeof value === 'string' && READ_FROM.test(value),
  );
  if (isRead) return ['--cli-input-json', quoted(JSON.stringify(input))];
  const blobs = blobsOf(service, operation);
  // All of a line's blobs are given in one form: as they are, where each of them is a text.
  const given = members.filter(([name]) => blobs.has(name)).map(([, value]) => String(value));
  const texts = given.map(textOf);
  const asText = given.length > 0 && texts.every((text) => text !== undefined);
  const options = members.map(([name, value]) =>
    option(name, asText && blobs.has(name) ? textOf(String(value)) : value),
  );
  return asText ? [...options, '--cli-binary-format', 'raw-in-base64-out'] : options;
}

function blobsOf(service: string, operation: string): ReadonlySet<string> {
  const model = modelOf(service);
  const members = model.shape(model.operation(operation)?.input ?? '').members ?? {};
  const names = Object.entries(members).filter(
    ([, reference]) => model.shape(member(reference).shape).type === 'blob',
  );
  return new Set(names.map(([name]) => name));
}

function textOf(base64: string): string | undefined {
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString('utf8');
  const isPlain = isUtf8(bytes) && !text.includes('\0') && !READ_FROM.test(text);
  return isPlain ? text : undefined;
}

function option(name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // What begins with a dash would be taken for an option itself.
  return `--${dashed(name)}${text.startsWith('-') ? '=' : ' '}${quoted(text)}`;
}

/** As botocore does it: `PutEvents` is `put-events`, `StreamARN` is `stream-arn`. */
function dashed(name: string): string {
  return name
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
