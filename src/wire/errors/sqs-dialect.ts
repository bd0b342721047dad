/**
 * How SQS refuses. It answers one error at a time, in words from its Query days, and checks the
 * names of attributes itself. `__type` and codes: observed, and in part documented in the
 * developer guide, "Interpreting Amazon SQS JSON API responses".
 */
import { AwsError } from '../../core/errors.ts';
import { xmlNameOf } from '../documents/query-read.ts';
import { member, type ServiceModel } from '../models.ts';
import { type Failure, sentenceOf } from '../validation/explain.ts';
import type { Dialect } from './dialects.ts';

export function sqsDialect(framework: string, plain: Dialect): Dialect {
  return {
    // Unknown attribute names get `InvalidAttributeName` or are ignored, depending on the call.
    unchecked: { enums: true },
    invalid,
    typePrefix: 'com.amazonaws.sqs#',
    typeNames: {
      ...plain.typeNames,
      InvalidParameterValue: `${framework}InvalidParameterValueException`,
      MissingParameter: `${framework}MissingRequiredParameterException`,
      InvalidParameterCombination: `${framework}InvalidParameterCombinationException`,
    },
    queryCodes: {
      SerializationException: 'MalformedInput',
      UnknownOperationException: 'InvalidAction',
      IncompleteSignatureException: 'IncompleteSignature',
      InvalidSignatureException: 'SignatureDoesNotMatch',
      MissingAuthenticationTokenException: 'MissingAuthenticationToken',
      UnrecognizedClientException: 'InvalidClientTokenId',
      ExpiredTokenException: 'ExpiredToken',
    },
  };
}

function invalid(failures: readonly Failure[], model: ServiceModel, input: string): AwsError {
  const [first] = failures;
  if (first?.kind !== 'missing') return new AwsError('InvalidParameterValue', sentenceOf(failures));
  const last = first.steps.at(-1);
  if (last === 'QueueName') {
    const sentence = 'Value for parameter QueueName is invalid. Reason: Must specify a queue name.';
    return new AwsError('InvalidParameterValue', sentence);
  }
  if (last === 'DataType') {
    return new AwsError('InvalidParameterValue', withoutType(first));
  }
  const name = queryName(first.steps, model, input);
  if (last === 'Entries') {
    const sentence = `There should be at least one ${name} in the request.`;
    return new AwsError('EmptyBatchRequest', sentence);
  }
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
}

/** SQS and SNS say this alike of a message attribute that lacks its type (observed). */
export function withoutType({ steps }: Failure): string {
  const name = steps.at(-2);
  return `The message attribute '${name}' must contain non-empty message attribute type.`;
}

/** The name that the Query protocol gives a member: `SendMessageBatchRequestEntry.1.Id`. */
function queryName(steps: Failure['steps'], model: ServiceModel, input: string): string {
  let shape = model.shape(input);
  const names = steps.map((step) => {
    const reference = shape.members?.[step] ?? shape.member ?? shape.value;
    const name = shape.members ? xmlNameOf(reference, String(step)) : step;
    if (reference) shape = model.shape(member(reference).shape);
    return name;
  });
  return names.join('.');
}
