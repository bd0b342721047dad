/**
 * `/_millrace/v1/keys`: access keys of a running server, for operators. Only a server that checks
 * signatures has it: anywhere else, whoever reaches the port could make himself a key for later.
 */
import type { Access } from '../../access/access.ts';
import {
  changeKey,
  createKey,
  type KeyChange,
  KeyRefusal,
  listKeys,
} from '../../access/key-admin.ts';
import { json, said } from '../../core/json-answer.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../services/service.ts';
import { bodyOf, onlyMethods } from './json.ts';

export const KEYS = '/_millrace/v1/keys';

const NOT_STRICT =
  'Keys are managed over HTTP with --auth strict only. Stop the server and use millrace keys ' +
  'with --data.';

export function keyRoutes(access: Access, isStrict: boolean): Readonly<Record<string, Route>> {
  return {
    [KEYS]: async (stack, request) => {
      if (!isStrict) return said(403, NOT_STRICT);
      try {
        const [id, change] = request.path.slice(KEYS.length + 1).split('/');
        if (id) return await changed(access, request, id, change);
        if (request.method === 'GET') return json(200, { keys: await listKeys(access) });
        const refused = onlyMethods(request, 'GET', 'POST');
        if (refused) return refused;
        const order = orderIn(request, stack.settings.account);
        if (!order) return said(400, MALFORMED);
        return json(200, await createKey(access, stack.ids, stack.clock.nowMs(), order));
      } catch (cause) {
        if (cause instanceof KeyRefusal) return said(400, cause.message);
        throw cause;
      }
    },
  };
}

const MALFORMED =
  'The body is {"user": NAME, "account": DIGITS, "policies": [{"name": …, "document": …}]}, ' +
  'each of them optional.';

const CHANGES: Readonly<Record<string, KeyChange>> = { disable: 'disable', enable: 'enable' };

async function changed(
  access: Access,
  request: RouteRequest,
  id: string,
  asked: string | undefined,
): Promise<RouteAnswer> {
  const isDelete = request.method === 'DELETE' && asked === undefined;
  const change = isDelete ? 'delete' : CHANGES[asked ?? ''];
  if (!change || (!isDelete && request.method !== 'POST')) {
    return said(404, 'A key takes DELETE, and POST with /disable and /enable behind it.');
  }
  await changeKey(access, id, change);
  return json(200, { accessKeyId: id, done: change });
}

function orderIn(request: RouteRequest, ownAccount: string) {
  const { account = ownAccount, user, policies } = bodyOf(request) ?? { account: false };
  if (typeof account !== 'string') return undefined;
  if (user !== undefined && typeof user !== 'string') return undefined;
  if (policies !== undefined && !(Array.isArray(policies) && policies.every(isPolicy))) {
    return undefined;
  }
  return { account, user, policies };
}

function isPolicy(value: unknown): value is { readonly name: string; readonly document: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { name, document } = value as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && typeof document === 'string';
}
