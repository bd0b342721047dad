/**
 * What points AWS tools at the server: variables, or a profile. The address is a number, because
 * `localhost` makes SDKs build host names that do not resolve.
 */
export interface EnvOptions {
  readonly port: number;
  readonly region: string;
  readonly json?: boolean;
  readonly profile?: boolean;
}

export function env(options: EnvOptions): string {
  const variables = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${options.port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
  };
  if (options.json) return `${JSON.stringify(variables, undefined, 2)}\n`;
  if (options.profile) return profile(variables.AWS_ENDPOINT_URL, options.region);
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}='${quoted(value)}';`,
  );
  // The semicolons are for those who forget the quotes around $(millrace env).
  // A profile or a session of a real account would otherwise win over the keys above.
  return [...lines, 'unset AWS_PROFILE AWS_SESSION_TOKEN;', ''].join('\n');
}

function quoted(value: string): string {
  return value.replaceAll("'", `'\\''`);
}

function profile(endpoint: string, region: string): string {
  return [
    '[profile millrace]',
    `endpoint_url = ${endpoint}`,
    `region = ${region}`,
    'aws_access_key_id = test',
    'aws_secret_access_key = test',
    '',
  ].join('\n');
}
