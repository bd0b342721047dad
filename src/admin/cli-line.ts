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
  const blob = blobOf(service, operation, input);
  const words = [
    // Versions 1 and 2 take bytes in different forms, but both from a file.
    ...(blob ? ['printf', ...printed(blob.base64), '|'] : []),
    ...environment,
    ...['aws', service, dashed(operation)],
    ...optionsOf(Object.entries(input).filter(([name]) => name !== blob?.name)),
    ...(blob ? [`--${dashed(blob.name)}`, 'fileb:///dev/stdin'] : []),
    // What a function answers goes into a file.
    ...(service === 'lambda' && operation === 'Invoke' ? ['/dev/stdout'] : []),
    ...['--endpoint-url', quoted(endpoint), '--region', quoted(region)],
  ];
  return words.join(' ');
}

/** The bytes among the members of an input; no operation that sends something has more of them. */
function blobOf(service: string, operation: string, input: Sending['input']) {
  const model = modelOf(service);
  const members = model.shape(model.operation(operation)?.input ?? '').members ?? {};
  const name = Object.keys(members).find(
    (one) => one in input && model.shape(member(members[one]).shape).type === 'blob',
  );
  return name === undefined ? undefined : { name, base64: String(input[name]) };
}

/** What makes `printf` print these bytes. */
function printed(base64: string): readonly string[] {
  const bytes = Buffer.from(base64, 'base64');
  if (isUtf8(bytes) && !bytes.includes(0)) return ['%s', quoted(bytes.toString('utf8'))];
  const octal = Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return [quoted(octal.join(''))];
}

/** The CLI reads what such a value names, and sends that. */
const READ_FROM = /^(?:fileb?|https?):\/\//;

function optionsOf(members: readonly (readonly [string, unknown])[]): readonly string[] {
  // A queue's URL is the one that is not followed.
  const isRead = members.some(
    ([name, value]) => name !== 'QueueUrl' && typeof value === 'string' && READ_FROM.test(value),
  );
  if (!isRead) return members.map(([name, value]) => option(name, value));
  return ['--cli-input-json', quoted(JSON.stringify(Object.fromEntries(members)))];
}

function option(name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Nobody has looked yet whether there is such a member.
  const written = quoted(`--${dashed(name)}`);
  // What begins with a dash would be taken for an option itself.
  return `${written}${text.startsWith('-') ? '=' : ' '}${quoted(text)}`;
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
