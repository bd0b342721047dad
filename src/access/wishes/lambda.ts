/**
 * Lambda: functions with their qualifiers, layers, mappings.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
import { arnOf, parseArn } from '../../core/arn.ts';
import { type Finder, type Input, named, nameOrArn, type Wishes } from './wish.ts';

const RENAMED: Readonly<Record<string, string>> = {
  Invoke: 'InvokeFunction',
  InvokeAsync: 'InvokeFunction',
  InvokeWithResponseStream: 'InvokeFunction',
  GetLayerVersionByArn: 'GetLayerVersion',
};

/** A name, a partial ARN or a whole one, each with or without its qualifier. */
const byFunction: Finder = (value, place, { Qualifier: qualifier }) => {
  const arn = parseArn(value);
  const parts = arn ? arn.resource.split(':') : value.split(':');
  const [region, account] = arn
    ? [arn.region, arn.account]
    : [place.region, parts[1] === 'function' ? (parts[0] ?? place.account) : place.account];
  const named = arn ? parts.slice(1) : parts.slice(parts[1] === 'function' ? 2 : 0);
  const [name = '', inName] = named;
  const end = inName ?? (typeof qualifier === 'string' ? qualifier : undefined);
  return arnOf('lambda', region, account, `function:${name}${end ? `:${end}` : ''}`);
};

const byLayer: Finder = (value, { region, account }, { VersionNumber: version }) => {
  const arn = value.startsWith('arn:') ? value : arnOf('lambda', region, account, `layer:${value}`);
  const isWhole = arn.split(':').length > 7;
  return version === undefined || isWhole ? arn : `${arn}:${String(version)}`;
};

const FUNCTION = {
  FunctionName: byFunction,
  LayerName: byLayer,
  Arn: nameOrArn('lambda', 'layer:'),
  UUID: nameOrArn('lambda', 'event-source-mapping:'),
  Resource: nameOrArn('lambda', 'function:'),
};

export const lambdaWishes: Wishes = (operation, input, place) => {
  const action = `lambda:${RENAMED[operation] ?? operation}`;
  if (operation !== 'CreateEventSourceMapping' && operation !== 'UpdateEventSourceMapping') {
    return named(action, FUNCTION, input, place);
  }
  const { FunctionName: name, ...rest } = input;
  const context = mappedFunction(name, input, place);
  return named(action, FUNCTION, rest, place).map((wish) => ({ ...wish, context }));
};

/** Mappings are no resource of a function; conditions tell which one they are for. */
function mappedFunction(name: unknown, input: Input, place: Parameters<Finder>[1]) {
  if (typeof name !== 'string') return {};
  return { 'lambda:FunctionArn': byFunction(name, place, input) };
}
