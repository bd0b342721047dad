/** `POST /_millrace/v1/operations/<service>/<operation>`: AWS's operations as plain JSON. */
import type { OperationAnswer } from '../admin-api/index.ts';
import { below, objectBody, post, Refused } from '../services/admin-http.ts';
import type { Route, RouteRequest } from '../services/service.ts';

const OPERATIONS = '/_millrace/v1/operations/';

export const operationRoutes: Readonly<Record<string, Route>> = {
  [OPERATIONS]: post(async (_stack, request): Promise<OperationAnswer> => {
    const [service, operation, ...rest] = below(request, OPERATIONS).split('/');
    if (!service || !operation || rest.length > 0) {
      throw new Refused(404, `A path is ${OPERATIONS}<service>/<operation>.`);
    }
    const input = objectBody(request);
    const { output } = await request.operate({ service, operation, input, ...askedPlace(request) });
    return { output };
  }),
};

/** What is not asked for is the signer's own. */
function askedPlace({ query }: RouteRequest) {
  const [account, region] = [query.get('account'), query.get('region')];
  if (account && !/^\d{12}$/.test(account)) throw new Refused(400, 'An account has 12 digits.');
  return { ...(account && { account }), ...(region && { region }) };
}
