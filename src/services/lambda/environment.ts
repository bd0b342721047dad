/**
 * A function's own environment variables.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
import type { Stack } from '../../delivery/stack.ts';
import { invalid } from './errors.ts';

const RESERVED = new Set([
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

const COMPLAINT =
  'Lambda was unable to configure your environment variables because the environment ' +
  'variables you have provided';

export function checkVariables(
  { settings }: Pick<Stack, 'settings'>,
  variables: Readonly<Record<string, string>>,
): void {
  const reserved = Object.keys(variables).filter((name) => RESERVED.has(name));
  if (reserved.length > 0) {
    throw invalid(
      `${COMPLAINT} contains reserved keys that are currently not supported for modification. ` +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const measured = JSON.stringify(variables);
  const most = settings.quotas['lambda.environmentBytes'];
  if (Buffer.byteLength(measured) > most) {
    const limit = `${most / 1024}KB`;
    throw invalid(`${COMPLAINT} exceeded the ${limit} limit. String measured: ${measured}`);
  }
}
