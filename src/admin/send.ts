/**
 * `POST /_millrace/v1/send` publishes one thing where its ARN says, by the operation that clients
 * publish with, as whoever signed the request. `POST …/send/as` answers how other tools would.
 */
import type { CopyAs, Send, Sent } from '../admin-api/index.ts';
import { parseArn } from '../core/arn.ts';
import type { Sending } from '../delivery/lens.ts';
import type { Stack } from '../delivery/stack.ts';
import { objectBody, post, Refused } from '../services/admin-http.ts';
import { needsKey } from '../services/send-content.ts';
import type { Route, RouteRequest } from '../services/service.ts';
import { copyAs } from './copy-as.ts';

export const sendRoutes: Readonly<Record<string, Route>> = {
  '/_millrace/v1/send': post(sent),
  '/_millrace/v1/send/as': post(async (stack, request): Promise<CopyAs> => {
    return (await foundWay(stack, sendIn(request))).as;
  }),
};

async function sent(stack: Stack, request: RouteRequest): Promise<Sent> {
  const send = sendIn(request);
  const { service, sending, place, as } = await foundWay(stack, send);
  const { operation, input, form } = sending;
  const { again } = send;
  const asked = { service, operation, input, ...place, ...(again !== undefined && { again }) };
  const { output, requestId } = await request.operate(asked);
  return { id: sending.id({ ...output }, requestId), form, arn: send.arn, as };
}

const MEMBERS = new Set(['arn', 'content', 'again']);
const MOST_ID_CHARS = 1_024;

function sendIn(request: RouteRequest): Send {
  const { arn, content, again, ...others } = objectBody(request);
  const [other] = Object.keys(others);
  const known = [...MEMBERS].join(', ');
  if (other !== undefined) throw new Refused(400, `"${other}" is none of ${known}.`);
  if (typeof arn !== 'string') throw new Refused(400, '"arn" says where to send it.');
  const isId = typeof again === 'string' && again !== '' && again.length <= MOST_ID_CHARS;
  if (again !== undefined && !isId) throw new Refused(400, '"again" is the id of an event.');
  return { arn, content, ...(isId && { again }) };
}

interface Way {
  readonly service: string;
  readonly sending: Sending;
  readonly place: { readonly account: string; readonly region: string };
  readonly as: CopyAs;
}

async function foundWay(stack: Stack, send: Send): Promise<Way> {
  const found = parseArn(send.arn);
  const place = found && /^\d{12}$/.test(found.account) && found.region !== '' ? found : undefined;
  for (const [service, lens] of place ? stack.lenses : []) {
    const sending = await lens.sending?.(stack, send);
    if (!place || !sending) continue;
    const at = { account: place.account, region: place.region };
    const keys = needsKey(stack) ? undefined : place.account;
    const as = copyAs({ service, sending, arn: send.arn, endpoint: stack.endpoint(), keys, ...at });
    return { service, sending, place: at, as };
  }
  const places = 'a bus, topic, queue, stream or function';
  throw new Refused(400, `${send.arn} is no ARN of ${places}.`);
}
