/**
 * The attributes of topics that can be set, and what each of them may be.
 * https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
 */
import type { Quotas } from '../../core/quotas.ts';
import { checkPolicy } from './actions.ts';
import { InvalidDeliveryPolicy, parseDeliveryPolicy } from './delivery-policies.ts';
import { invalid } from './errors.ts';

interface Setting {
  readonly fifo: boolean;
  readonly quotas: Quotas;
}

/** What is wrong with a value, as it follows "Invalid parameter: "; undefined when nothing is. */
type Check = (value: string, setting: Setting) => string | undefined;

const oneOf =
  (name: string, ...values: readonly string[]): Check =>
  (value) =>
    values.includes(value) ? undefined : name;

const integer =
  (name: string, least: number, most: (quotas: Quotas) => number): Check =>
  (value, { quotas }) =>
    /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most(quotas)
      ? undefined
      : name;

const onFifo =
  (check: Check): Check =>
  (value, setting) =>
    setting.fifo ? check(value, setting) : 'AttributeName';

const text =
  (name: string, most: number): Check =>
  (value) =>
    value.length <= most ? undefined : name;

const CHECKS: Readonly<Record<string, Check>> = {
  ContentBasedDeduplication: onFifo(oneOf('ContentBasedDeduplication', 'true', 'false')),
  FifoThroughputScope: onFifo(oneOf('FifoThroughputScope', 'Topic', 'MessageGroup')),
  ArchivePolicy: onFifo((value) => (archiveDays(value) === 'invalid' ? ARCHIVE_REASON : undefined)),
  DeliveryPolicy: checkDeliveryPolicy,
  DisplayName: text('DisplayName', 100),
  KmsMasterKeyId: text('KmsMasterKeyId', 2048),
  MaximumMessageSize: integer('MaximumMessageSize', 1024, (all) => all['sns.maxMessageBytes']),
  Policy: checkPolicy,
  SignatureVersion: oneOf('SignatureVersion', '1', '2'),
  // "This is only supported on standard topics", of Active.
  TracingConfig: (value, { fifo }) =>
    value === 'PassThrough' || (value === 'Active' && !fifo) ? undefined : 'TracingConfig',
  ...feedback('HTTP', 'Firehose', 'Lambda', 'Application', 'SQS'),
};

/** Delivery status logging is stored and shown; no logs are written yet. */
function feedback(...endpoints: readonly string[]): Record<string, Check> {
  const role =
    (name: string): Check =>
    (value) =>
      value === '' || value.startsWith('arn:') ? undefined : name;
  return Object.fromEntries(
    endpoints.flatMap((endpoint) => [
      [`${endpoint}SuccessFeedbackRoleArn`, role(`${endpoint}SuccessFeedbackRoleArn`)],
      [
        `${endpoint}SuccessFeedbackSampleRate`,
        integer(`${endpoint}SuccessFeedbackSampleRate`, 0, () => 100),
      ],
      [`${endpoint}FailureFeedbackRoleArn`, role(`${endpoint}FailureFeedbackRoleArn`)],
    ]),
  );
}

const known = new Map(Object.entries(CHECKS));

/** Setting one of these to nothing brings its default back. */
const REMOVABLE = new Set(['DeliveryPolicy', 'DisplayName', 'KmsMasterKeyId', 'Policy']);

/** Refuses a value that `SetTopicAttributes` must not set. */
export function checkAttribute(name: string, value: string, setting: Setting): void {
  const check = known.get(name);
  if (!check) throw invalid('AttributeName');
  if (value === '' && removable(name)) return;
  const reason = check(value, setting);
  if (reason !== undefined) throw invalid(reason);
}

/** Refuses attributes that `CreateTopic` must not set. */
export function checkAttributes(
  attributes: Readonly<Record<string, string>>,
  setting: Setting,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'FifoTopic') continue;
    const check = known.get(name);
    if (!check) throw invalid(`Attributes Reason: Unknown attribute ${name}`);
    if (value === '' && removable(name)) continue;
    const reason = check(value, setting);
    if (reason !== undefined) throw invalid(`Attributes Reason: ${reason}`);
  }
}

function removable(name: string): boolean {
  return REMOVABLE.has(name) || name.endsWith('RoleArn');
}

/** The attributes with one of them set; nothing, or an empty policy, is not kept. */
export function withAttribute(
  attributes: Readonly<Record<string, string>>,
  name: string,
  value: string,
): Readonly<Record<string, string>> {
  const { [name]: _, ...others } = attributes;
  if (value === '' && removable(name)) return others;
  if (name === 'ArchivePolicy' && archiveDays(value) === undefined) return others;
  return { ...others, [name]: value };
}

function checkDeliveryPolicy(value: string): string | undefined {
  try {
    parseDeliveryPolicy(value, 'topic');
    return undefined;
  } catch (cause) {
    if (!(cause instanceof InvalidDeliveryPolicy)) throw cause;
    return `DeliveryPolicy: ${cause.message}`;
  }
}

const ARCHIVE_REASON =
  'ArchivePolicy: MessageRetentionPeriod must be a number of days from 1 to 365';

/** The days that an ArchivePolicy keeps messages for; undefined when it ends the archive. */
export function archiveDays(policy: string): number | undefined | 'invalid' {
  let parsed: unknown;
  try {
    parsed = JSON.parse(policy);
  } catch {
    return 'invalid';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'invalid';
  const members = Object.entries(parsed);
  if (members.length === 0) return undefined;
  const [[name, value]] = members as [[string, unknown]];
  const days = Number(typeof value === 'string' && /^\d+$/.test(value) ? value : Number.NaN);
  const number = typeof value === 'number' ? value : days;
  const right = members.length === 1 && name === 'MessageRetentionPeriod';
  return right && Number.isInteger(number) && number >= 1 && number <= 365 ? number : 'invalid';
}
