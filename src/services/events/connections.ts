/**
 * Connections: how API destinations show who they are. Their secrets are kept and never told;
 * answers name the user, the key or the client, and leave out every value marked as secret.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection.html
 */
import { arnOf } from '../../core/arn.ts';
import type { Operations } from '../../wire/types/events.ts';
import type { Call } from '../call.ts';
import type { Operation } from '../service.ts';
import { namedArn } from './arns.ts';
import { authorization } from './authorizing.ts';
import { change, listed } from './change.ts';
import { checkAuth, mergedAuth, withoutSecrets } from './connection-auth.ts';
import { fault, notBuilt } from './errors.ts';
import { type Connection, partitionOf, storeOf } from './store.ts';

async function knownConnection(call: Call, name: string) {
  const row = await storeOf(call.stack).connections.get(partitionOf(call), name);
  if (row) return row;
  throw fault(
    'ResourceNotFoundException',
    `Failed to describe the connection(s). Connection '${name}' does not exist.`,
  );
}

export const CreateConnection: Operation<Operations['CreateConnection']> = (call, input) =>
  change(call.stack, async () => {
    const { Name: name, AuthorizationType: type, AuthParameters: auth } = input;
    const { connections } = storeOf(call.stack);
    if (await connections.get(partitionOf(call), name)) {
      throw fault('ResourceAlreadyExistsException', `Connection ${name} already exists.`);
    }
    refusePrivate(input, auth);
    checkAuth(type, auth);
    const { clock, ids } = call.stack;
    const id = ids.uuid();
    const nowMs = clock.nowMs();
    const connection = authorizing(call, {
      name,
      arn: namedArn(call, 'connection', `${name}/${id}`),
      secretArn: secretArn(call, `${name}/${id}`),
      description: input.Description,
      kmsKeyIdentifier: input.KmsKeyIdentifier,
      authorizationType: type,
      auth,
      state: 'AUTHORIZED',
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    });
    return {
      writes: [
        connections.put(partitionOf(call), name, connection, 0),
        ...authorization(call.stack, partitionOf(call), connection),
      ],
      answer: answerOf(connection),
    };
  });

/** Secrets Manager is not asked; the ARN is what AWS's would look like. */
function secretArn({ account, region, stack }: Call, path: string): string {
  const suffix = stack.ids.hex(3);
  const secret = `secret:events!connection/${path}-${suffix}`;
  return arnOf('secretsmanager', region, account, secret);
}

/** Basic and key are good as they are; for OAuth a token has to be fetched first. */
function authorizing({ stack }: Call, connection: Connection): Connection {
  const nowMs = stack.clock.nowMs();
  const begun = { ...connection, token: undefined, stateReason: undefined, modifiedAtMs: nowMs };
  if (connection.authorizationType === 'OAUTH_CLIENT_CREDENTIALS') {
    return { ...begun, state: 'AUTHORIZING', authorizing: stack.ids.uuid() };
  }
  return { ...begun, state: 'AUTHORIZED', authorizing: undefined, authorizedAtMs: nowMs };
}

function refusePrivate(
  input: { readonly InvocationConnectivityParameters?: object | undefined },
  auth: { readonly ConnectivityParameters?: object | undefined } | undefined,
): void {
  if (input.InvocationConnectivityParameters || auth?.ConnectivityParameters) {
    throw notBuilt('connections to private endpoints');
  }
}

export const UpdateConnection: Operation<Operations['UpdateConnection']> = (call, input) =>
  change(call.stack, async () => {
    const { value: before, version } = await knownConnection(call, input.Name);
    refusePrivate(input, input.AuthParameters);
    const type = input.AuthorizationType ?? before.authorizationType;
    const auth = mergedAuth(before.auth, input.AuthParameters);
    checkAuth(type, auth);
    const connection = authorizing(call, {
      ...before,
      description: input.Description ?? before.description,
      kmsKeyIdentifier: input.KmsKeyIdentifier ?? before.kmsKeyIdentifier,
      authorizationType: type,
      auth,
    });
    return {
      writes: [
        putConnection(call, connection, version),
        ...authorization(call.stack, partitionOf(call), connection),
      ],
      answer: answerOf(connection),
    };
  });

function putConnection(call: Call, connection: Connection, version: number) {
  const { connections } = storeOf(call.stack);
  return connections.put(partitionOf(call), connection.name, connection, version);
}

export const DeauthorizeConnection: Operation<Operations['DeauthorizeConnection']> = (
  call,
  input,
) =>
  change(call.stack, async () => {
    const { value: before, version } = await knownConnection(call, input.Name);
    const connection: Connection = {
      ...before,
      auth: {},
      token: undefined,
      authorizing: undefined,
      state: 'DEAUTHORIZED',
      modifiedAtMs: call.stack.clock.nowMs(),
    };
    return {
      writes: [putConnection(call, connection, version)],
      answer: answerOf(connection),
    };
  });

export const DeleteConnection: Operation<Operations['DeleteConnection']> = (call, input) =>
  change(call.stack, async () => {
    const { value: connection, version } = await knownConnection(call, input.Name);
    const { connections } = storeOf(call.stack);
    return {
      writes: [connections.remove(partitionOf(call), connection.name, version)],
      answer: { ...answerOf(connection), ConnectionState: 'DELETING' },
    };
  });

export const DescribeConnection: Operation<Operations['DescribeConnection']> = async (
  call,
  input,
) => {
  const { value: connection } = await knownConnection(call, input.Name);
  return {
    ...summaryOf(connection),
    Description: connection.description,
    SecretArn: connection.secretArn,
    KmsKeyIdentifier: connection.kmsKeyIdentifier,
    AuthParameters: withoutSecrets(connection.auth),
  };
};

export const ListConnections: Operation<Operations['ListConnections']> = async (call, input) => {
  const { NamePrefix: prefix = '', ConnectionState: state } = input;
  const rows = await storeOf(call.stack).connections.list(partitionOf(call));
  const all = rows
    .map(({ value }) => value)
    .filter((one) => one.name.startsWith(prefix) && one.state === (state ?? one.state));
  const { items, NextToken } = listed(call, all, ({ name }) => name, input);
  return { Connections: items.map(summaryOf), NextToken };
};

function answerOf(connection: Connection) {
  return {
    ConnectionArn: connection.arn,
    ConnectionState: connection.state,
    CreationTime: connection.createdAtMs,
    LastModifiedTime: connection.modifiedAtMs,
    LastAuthorizedTime: connection.authorizedAtMs,
  };
}

function summaryOf(connection: Connection) {
  return {
    ...answerOf(connection),
    Name: connection.name,
    StateReason: connection.stateReason,
    AuthorizationType: connection.authorizationType,
  };
}
