/** The parameters of a connection's authorisation: whole, merged, and as answers show them. */
import type {
  ConnectionAuthorizationType,
  ConnectionAuthResponseParameters,
  ConnectionHttpParameters,
  UpdateConnectionAuthRequestParameters,
} from '../../wire/types/events.ts';
import { fault } from './errors.ts';

/** With all secrets. Which members must be there depends on the type; see `checkAuth`. */
export type Auth = UpdateConnectionAuthRequestParameters;

/** Refuses parameters that lack what the type of authorisation needs. */
export function checkAuth(type: ConnectionAuthorizationType, auth: Auth): void {
  const missing = needs(type, auth).find(([, value]) => value === undefined);
  if (!missing) return;
  const reason = `${missing[0]} must be specified for the authorization type ${type}.`;
  throw fault('ValidationException', `Parameter AuthParameters is not valid. Reason: ${reason}`);
}

type Need = readonly [name: string, value: unknown];

function needs(type: ConnectionAuthorizationType, auth: Auth): readonly Need[] {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key, OAuthParameters: oauth } = auth;
  switch (type) {
    case 'BASIC':
      return [
        ['BasicAuthParameters', basic],
        ['Username', basic?.Username],
        ['Password', basic?.Password],
      ];
    case 'API_KEY':
      return [
        ['ApiKeyAuthParameters', key],
        ['ApiKeyName', key?.ApiKeyName],
        ['ApiKeyValue', key?.ApiKeyValue],
      ];
    case 'OAUTH_CLIENT_CREDENTIALS':
      return [
        ['OAuthParameters', oauth],
        ['ClientID', oauth?.ClientParameters?.ClientID],
        ['ClientSecret', oauth?.ClientParameters?.ClientSecret],
        ['AuthorizationEndpoint', oauth?.AuthorizationEndpoint],
        ['HttpMethod', oauth?.HttpMethod],
      ];
  }
}

/** The parameters after an update that names only what changes. */
export function mergedAuth(before: Auth, update: Auth = {}): Auth {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key, OAuthParameters: oauth } = update;
  const { ClientParameters: client, ...endpoint } = oauth ?? {};
  const clientBefore = before.OAuthParameters?.ClientParameters;
  return {
    ...before,
    ...(basic && { BasicAuthParameters: { ...before.BasicAuthParameters, ...basic } }),
    ...(key && { ApiKeyAuthParameters: { ...before.ApiKeyAuthParameters, ...key } }),
    ...(oauth && {
      OAuthParameters: {
        ...before.OAuthParameters,
        ...endpoint,
        ClientParameters: { ...clientBefore, ...client },
      },
    }),
    InvocationHttpParameters: update.InvocationHttpParameters ?? before.InvocationHttpParameters,
  };
}

export function withoutSecrets(auth: Auth): ConnectionAuthResponseParameters {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key, OAuthParameters: oauth } = auth;
  return {
    ...(basic && { BasicAuthParameters: { Username: basic.Username } }),
    ...(key && { ApiKeyAuthParameters: { ApiKeyName: key.ApiKeyName } }),
    ...(oauth && {
      OAuthParameters: {
        ClientParameters: { ClientID: oauth.ClientParameters?.ClientID },
        AuthorizationEndpoint: oauth.AuthorizationEndpoint,
        HttpMethod: oauth.HttpMethod,
        OAuthHttpParameters: shown(oauth.OAuthHttpParameters),
      },
    }),
    InvocationHttpParameters: shown(auth.InvocationHttpParameters),
  };
}

/** The parameters with the values of those that are no secrets. */
function shown(
  parameters: ConnectionHttpParameters | undefined,
): ConnectionHttpParameters | undefined {
  if (!parameters) return undefined;
  const open = (list: ConnectionHttpParameters['HeaderParameters']) =>
    list?.map((one) => (one.IsValueSecret ? { ...one, Value: undefined } : one));
  return {
    HeaderParameters: open(parameters.HeaderParameters),
    QueryStringParameters: open(parameters.QueryStringParameters),
    BodyParameters: open(parameters.BodyParameters),
  };
}
