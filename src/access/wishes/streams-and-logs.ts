/**
 * Kinesis, DynamoDB's streams, CloudWatch Logs and STS. What an iterator is of is told by
 * `IteratorArn`, which the gate puts into the input; see server/auth-iam.ts.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
import { arnOf } from '../../core/arn.ts';
import { type Finder, itself, named, nameOrArn, type Wishes } from './wish.ts';

const stream = nameOrArn('kinesis', 'stream/');
const STREAM = {
  StreamName: stream,
  StreamARN: stream,
  ConsumerARN: stream,
  ResourceARN: stream,
  IteratorArn: stream,
};

export const kinesisWishes: Wishes = (operation, input, place) =>
  named(`kinesis:${operation}`, STREAM, input, place);

const CHANGES = {
  StreamArn: itself('dynamodb'),
  IteratorArn: itself('dynamodb'),
  TableName: nameOrArn('dynamodb', 'table/'),
};

export const changeStreamWishes: Wishes = (operation, input, place) =>
  named(`dynamodb:${operation}`, CHANGES, input, place);

/** AWS asks for a group as if for a stream without a name, whatever the operation. */
const byGroup: Finder = (value, { region, account }, input) => {
  const name = input.logStreamName;
  const end = `:log-stream:${typeof name === 'string' ? name : ''}`;
  if (!value.startsWith('arn:')) return arnOf('logs', region, account, `log-group:${value}${end}`);
  return value.replace(/:\*$/, '') + end;
};

const GROUP = {
  logGroupName: byGroup,
  logGroupIdentifier: byGroup,
  resourceArn: byGroup,
};

export const logsWishes: Wishes = (operation, input, place) =>
  named(`logs:${operation}`, GROUP, input, place);

export const stsWishes: Wishes = (operation, input, place) =>
  named(`sts:${operation}`, { RoleArn: nameOrArn('iam', 'role/') }, input, place);
