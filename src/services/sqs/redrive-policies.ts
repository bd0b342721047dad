/**
 * The two JSON attributes about dead letters: `RedrivePolicy` on the queue that they leave, and
 * `RedriveAllowPolicy` on the queue that they go to.
 */
import { parseArn } from '../../core/arn.ts';
import { isObject, parseJson } from '../../core/json-value.ts';
import { fault, invalidParameter } from './errors.ts';

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns: readonly string[];
}

const REDRIVE = new Set(['deadLetterTargetArn', 'maxReceiveCount']);
const MOST_SOURCES = 10;

/** Throws AWS's error for a text that is no redrive policy. */
export function parseRedrivePolicy(text: string): RedrivePolicy {
  const wrong = (reason: string) => invalidParameter('RedrivePolicy', text, reason);
  const policy = jsonMap(text);
  if (!policy) throw wrong('Redrive policy is not a valid JSON map.');
  for (const name of REDRIVE) {
    if (policy[name] === undefined) {
      throw wrong(`Redrive policy does not contain mandatory attribute: ${name}.`);
    }
  }
  if (Object.keys(policy).some((name) => !REDRIVE.has(name))) {
    throw wrong('Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].');
  }
  const { deadLetterTargetArn, maxReceiveCount: given } = policy;
  const count = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > 1000) {
    const range = 'valid values are from 1 to 1000 both inclusive.';
    throw wrong(`Invalid value for maxReceiveCount: ${given}, ${range}`);
  }
  if (typeof deadLetterTargetArn !== 'string' || parseArn(deadLetterTargetArn)?.service !== 'sqs') {
    throw wrong('Invalid value for deadLetterTargetArn.');
  }
  return { deadLetterTargetArn, maxReceiveCount: count };
}

/** Attributes as they are kept: AWS answers with a number where the count was set as a text. */
export function withNumbers<Given extends { readonly RedrivePolicy?: string | undefined }>(
  attributes: Given,
): Given {
  if (!attributes.RedrivePolicy) return attributes;
  const { deadLetterTargetArn, maxReceiveCount } = parseRedrivePolicy(attributes.RedrivePolicy);
  const text = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
  return { ...attributes, RedrivePolicy: text };
}

/** Throws AWS's error for a text that says nothing about sources. */
export function parseRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const wrong = () =>
    fault('InvalidAttributeValue', 'Invalid value for the parameter RedriveAllowPolicy.');
  const policy = jsonMap(text);
  if (!policy) throw wrong();
  const { redrivePermission: permission, sourceQueueArns: arns, ...others } = policy;
  if (Object.keys(others).length > 0) throw wrong();
  if (permission !== 'allowAll' && permission !== 'denyAll' && permission !== 'byQueue') {
    throw wrong();
  }
  if (permission !== 'byQueue') {
    if (arns !== undefined) throw wrong();
    return { redrivePermission: permission, sourceQueueArns: [] };
  }
  const isArn = (arn: unknown) => typeof arn === 'string' && parseArn(arn)?.service === 'sqs';
  if (!Array.isArray(arns) || arns.length === 0 || arns.length > MOST_SOURCES) throw wrong();
  if (!arns.every(isArn)) throw wrong();
  return { redrivePermission: permission, sourceQueueArns: arns };
}

/** Whether the queue with `text` as its `RedriveAllowPolicy` takes `sourceArn`'s dead letters. */
export function takesDeadLettersOf(text: string | undefined, sourceArn: string): boolean {
  if (!text) return true;
  const { redrivePermission, sourceQueueArns } = parseRedriveAllowPolicy(text);
  if (redrivePermission === 'byQueue') return sourceQueueArns.includes(sourceArn);
  return redrivePermission === 'allowAll';
}

function jsonMap(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}
