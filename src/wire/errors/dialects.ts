/**
 * Where services differ in how they refuse: the code and words for a broken constraint, the
 * form of `__type`, and what they check themselves in words of their own.
 */
import { AwsError } from '../../core/errors.ts';
import type { ServiceModel } from '../models.ts';
import type { Unchecked } from '../validation/constraints.ts';
import { type Failure, sentenceOf } from '../validation/explain.ts';
import { sqsDialect, withoutType } from './sqs-dialect.ts';

export interface Dialect {
  readonly unchecked: Unchecked;
  /** The error for an input that breaks the model's constraints. */
  readonly invalid: (failures: readonly Failure[], model: ServiceModel, input: string) => AwsError;
  /** What stands before the code in `__type`. */
  readonly typePrefix: string;
  /** Names in `__type` of codes that the model does not have. */
  readonly typeNames: Readonly<Record<string, string>>;
  /** Query codes, for `x-amzn-query-error`, of codes that the model does not have. */
  readonly queryCodes: Readonly<Record<string, string>>;
}

/** Errors of AWS's framework itself, which every service answers with. */
const FRAMEWORK = 'com.amazon.coral.service#';
const FRAMEWORK_TYPES = Object.fromEntries(
  [
    'SerializationException',
    'UnknownOperationException',
    // Who is not let in never reaches the service; seen in aws-sdk-php#2469 among others.
    'IncompleteSignatureException',
    'InvalidSignatureException',
    'MissingAuthenticationTokenException',
    'UnrecognizedClientException',
    'ExpiredTokenException',
    'AccessDeniedException',
  ].map((code) => [code, FRAMEWORK + code]),
);

function refusesWith(code: string) {
  return (failures: readonly Failure[]) => new AwsError(code, sentenceOf(failures));
}

const PLAIN: Dialect = {
  unchecked: {},
  invalid: refusesWith('ValidationException'),
  typePrefix: '',
  typeNames: FRAMEWORK_TYPES,
  queryCodes: {},
};

/** AWS Query services: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html. */
const QUERY: Dialect = { ...PLAIN, invalid: refusesWith('ValidationError') };

/**
 * SNS names the attribute, and the code is not the model's usual one:
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, `ParameterValueInvalid`.
 */
const SNS: Dialect = {
  ...QUERY,
  invalid: (failures) => {
    const [first] = failures;
    if (first?.kind === 'missing' && first.steps.at(-1) === 'DataType') {
      return new AwsError('ParameterValueInvalid', withoutType(first));
    }
    return new AwsError('ValidationError', sentenceOf(failures));
  },
};

/**
 * Lambda's runtimes are no enum to the framework, and their refusal is Lambda's own. Observed:
 * https://github.com/awslabs/amazon-redshift-monitoring/pull/25
 */
const LAMBDA: Dialect = {
  ...PLAIN,
  invalid: (failures, model, input) => {
    const [first] = failures;
    if (failures.length > 1 || first?.path !== 'runtime') {
      return PLAIN.invalid(failures, model, input);
    }
    const value = first.value.slice(1, -1);
    const message = `Value ${value} at 'runtime' failed to satisfy constraint: ${first.constraint}`;
    return new AwsError('InvalidParameterValueException', `${message} or be a valid ARN`);
  },
};

const DIALECTS: Readonly<Record<string, Dialect>> = {
  sqs: sqsDialect(FRAMEWORK, PLAIN),
  sns: SNS,
  iam: QUERY,
  sts: QUERY,
  cloudformation: QUERY,
  cloudwatch: {
    ...PLAIN,
    typePrefix: 'com.amazonaws.cloudwatch.v2010_08_01#',
    queryCodes: {
      SerializationException: 'MalformedInput',
      UnknownOperationException: 'InvalidAction',
    },
  },
  dynamodb: { ...PLAIN, typePrefix: 'com.amazonaws.dynamodb.v20120810#' },
  dynamodbstreams: { ...PLAIN, typePrefix: 'com.amazonaws.dynamodb.v20120810#' },
  lambda: LAMBDA,
  logs: { ...PLAIN, invalid: refusesWith('InvalidParameterException') },
  xray: { ...PLAIN, invalid: refusesWith('InvalidRequestException') },
  apigateway: { ...PLAIN, invalid: refusesWith('BadRequestException') },
  apigatewayv2: { ...PLAIN, invalid: refusesWith('BadRequestException') },
  schemas: { ...PLAIN, invalid: refusesWith('BadRequestException') },
  s3: { ...PLAIN, invalid: refusesWith('InvalidRequest') },
};

export function dialectOf(service: string): Dialect {
  return DIALECTS[service] ?? PLAIN;
}
