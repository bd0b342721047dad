/**
 * The health check of a global endpoint's primary Region, which on AWS is one of Route 53:
 * `/_millrace/v1/events/endpoints/<endpoint id>`, with `account` in the query. GET tells, POST
 * `{"healthy": false}` fails over, `{"healthy": true}` comes back.
 */
import { json } from '../../core/json-answer.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Route, RouteAnswer } from '../service.ts';
import { change } from './change.ts';
import { activeBus, endpointWith } from './endpoints.ts';
import { type GlobalEndpoint, storeOf } from './store.ts';

export const ENDPOINT_HEALTH = '/_millrace/v1/events/endpoints/';

export const endpointHealth: Route = async (stack, { method, path, query, body }) => {
  const id = path.slice(ENDPOINT_HEALTH.length);
  const account = query.get('account') ?? stack.settings.account;
  const found = await endpointWith(stack, account, id);
  if (!found) return json(404, { message: `Endpoint ${id} does not exist.` });
  if (method === 'GET') return told(found.value);
  if (method !== 'POST') return json(405, { message: `${path} takes GET and POST.` });
  const healthy = healthyIn(new TextDecoder().decode(body));
  if (healthy === undefined) return json(400, { message: 'healthy must be true or false.' });
  return told(await setHealth(stack, account, id, healthy));
};

function told(endpoint: GlobalEndpoint | undefined): RouteAnswer {
  if (!endpoint) return json(404, { message: 'The endpoint does not exist any more.' });
  return json(200, { healthy: !endpoint.isUnhealthy, region: activeBus(endpoint).region });
}

function setHealth(stack: Stack, account: string, id: string, healthy: boolean) {
  return change(stack, async () => {
    const row = await endpointWith(stack, account, id);
    if (!row) return { writes: [], answer: undefined };
    const answer: GlobalEndpoint = { ...row.value, isUnhealthy: !healthy };
    const put = storeOf(stack).endpoints.put(account, row.key, answer, row.version);
    return { writes: [put], answer };
  });
}

function healthyIn(text: string): boolean | undefined {
  try {
    const { healthy } = (JSON.parse(text) ?? {}) as { readonly healthy?: unknown };
    return typeof healthy === 'boolean' ? healthy : undefined;
  } catch {
    return undefined;
  }
}
