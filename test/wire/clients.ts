/** AWS's JavaScript clients, by the name of the service. Loaded when asked for. */
import { createRequire } from 'node:module';

const PACKAGES: Readonly<Record<string, string>> = {
  events: 'eventbridge',
  stepfunctions: 'sfn',
  logs: 'cloudwatch-logs',
  apigateway: 'api-gateway',
  dynamodbstreams: 'dynamodb-streams',
  secretsmanager: 'secrets-manager',
};

export interface Client {
  send(command: object): Promise<Record<string, unknown>>;
  destroy(): void;
}

export interface ClientPackage {
  readonly client: (settings: object) => Client;
  /** The command of an operation, or undefined when this version of the client has none. */
  readonly command: (operation: string, input: object) => object | undefined;
}

export function clientPackage(service: string): ClientPackage {
  const exports: Record<string, unknown> = createRequire(import.meta.url)(
    `@aws-sdk/client-${PACKAGES[service] ?? service}`,
  );
  const clientName = Object.keys(exports).find(
    (name) => name.endsWith('Client') && name !== '__Client',
  );
  const byLowerCase = new Map(Object.keys(exports).map((name) => [name.toLowerCase(), name]));
  type Constructor<T> = new (argument: object) => T;
  return {
    client: (settings) => new (exports[String(clientName)] as Constructor<Client>)(settings),
    command: (operation, input) => {
      const name = byLowerCase.get(`${operation}command`.toLowerCase());
      return name === undefined ? undefined : new (exports[name] as Constructor<object>)(input);
    },
  };
}
