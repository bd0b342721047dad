/**
 * `GET|POST /_aws/sqs/messages`: a look at the messages of a queue, without receiving them.
 *
 * The queue is named by `QueueUrl` (query, form or JSON), or by the path
 * `/_aws/sqs/messages/<region>/<account>/<name>`. Hidden messages are left out unless
 * `ShowInvisible=true`, delayed ones unless `ShowDelayed=true`. Answers XML, JSON when the client
 * accepts that, and an SDK whose endpoint is this path gets what it expects of ReceiveMessage.
 */
import type { Stack } from '../../delivery/stack.ts';
import type { Peeked } from '../../storage/storage.ts';
import type * as Sqs from '../../wire/types/sqs.ts';
import type { Route, RouteAnswer, RouteRequest } from '../service.ts';
import { type Queue, queueAt } from './queue.ts';
import { addressOf, parseQueueUrl, type QueueAddress } from './queue-urls.ts';
import { answerMessage, EVERYTHING } from './received-messages.ts';

export const MESSAGES_PATH = '/_aws/sqs/messages';

const XMLNS = 'http://queue.amazonaws.com/doc/2012-11-05/';

/** A page of the storage, and the most that one answer shows. */
const PAGE = 1000;
const MOST_SHOWN = 10_000;

type Parameters = Readonly<Record<string, string>>;

export const showMessages: Route = async (stack, request) => {
  if (request.method !== 'GET' && request.method !== 'POST') {
    return answer(request, 405, { code: 'UnsupportedOperation', error: 'Use GET or POST.' });
  }
  const parameters = readParameters(request);
  const address = addressIn(stack, request.path, parameters);
  if (!address) return answer(request, 400, NO_ADDRESS);
  const queue = await queueAt(stack, address);
  if (!queue) return answer(request, 404, NO_QUEUE);
  const isShown = ({ state }: Peeked) =>
    state === 'visible' ||
    (state === 'in-flight' && parameters.ShowInvisible === 'true') ||
    (state === 'delayed' && parameters.ShowDelayed === 'true');
  const shown = (await peekAll(stack, queue)).filter(isShown);
  return answer(request, 200, { messages: shown.map((peeked) => describe(queue, peeked)) });
};

function readParameters({ query, header, body }: RouteRequest): Parameters {
  const given = Object.fromEntries(query);
  const text = Buffer.from(body).toString();
  if (text === '') return given;
  if (!header('content-type')?.includes('json')) {
    return { ...given, ...Object.fromEntries(new URLSearchParams(text)) };
  }
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    return { ...given, ...Object.fromEntries(entries.map(([name, one]) => [name, String(one)])) };
  } catch {
    return given;
  }
}

function addressIn(
  stack: Stack,
  path: string,
  { QueueUrl: url }: Parameters,
): QueueAddress | undefined {
  const [region, account, name] = path.slice(MESSAGES_PATH.length + 1).split('/');
  if (region && account && name) return addressOf(account, region, name);
  return url ? parseQueueUrl(stack.settings, url) : undefined;
}

async function peekAll(stack: Stack, queue: Queue): Promise<readonly Peeked[]> {
  const { storage, clock } = stack;
  const all: Peeked[] = [];
  for (;;) {
    const after = all.at(-1)?.position ?? 0;
    const page = await storage.peek(queue.storage, { nowMs: clock.nowMs(), max: PAGE, after });
    all.push(...page);
    if (page.length < PAGE || all.length >= MOST_SHOWN) return all;
  }
}

/** As ReceiveMessage has it, but for the handle: nothing was received. */
function describe(queue: Queue, peeked: Peeked): Sqs.Message {
  const { position, token, firstClaimedAtMs = 0, sentAtMs } = peeked;
  const claimed = { ...peeked, firstClaimedAtMs, lease: { queue: queue.storage, position, token } };
  const { ReceiptHandle: _none, ...message } = answerMessage(queue, claimed, sentAtMs, EVERYTHING);
  return message;
}

interface Refused {
  /** As AWS has it, so that an SDK can tell what is wrong. */
  readonly code: Sqs.ErrorCode;
  readonly error: string;
}

type Said = { readonly messages: readonly Sqs.Message[] } | Refused;

const NO_ADDRESS: Refused = { code: 'InvalidAddress', error: 'QueueUrl names no queue.' };
const NO_QUEUE: Refused = {
  code: 'QueueDoesNotExist',
  error: 'The specified queue does not exist.',
};

function answer({ header }: RouteRequest, status: number, said: Said): RouteAnswer {
  if (header('content-type')?.startsWith('application/x-amz-json')) {
    const body =
      'error' in said
        ? { __type: `com.amazonaws.sqs#${said.code}`, message: said.error }
        : { Messages: said.messages };
    return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: json(body) };
  }
  const document: Xml =
    'error' in said
      ? { ErrorResponse: { Error: { Type: 'Sender', Code: said.code, Message: said.error } } }
      : { ReceiveMessageResponse: { ReceiveMessageResult: listed(said.messages) } };
  if (header('accept')?.includes('json')) {
    return { status, headers: { 'content-type': 'application/json' }, body: json(document) };
  }
  const body = `<?xml version="1.0"?>${xml(document).replace('>', ` xmlns="${XMLNS}">`)}`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

/** A document that is the same in XML and JSON: a list is the repeated element. */
type Xml = string | readonly Xml[] | { readonly [element: string]: Xml | undefined };

function listed(messages: readonly Sqs.Message[]): Xml {
  return {
    Message: messages.map(({ Attributes: system, MessageAttributes: named, ...message }) => ({
      ...message,
      Attribute: Object.entries(system ?? {}).map(([name, value]) => ({
        Name: name,
        Value: value,
      })),
      MessageAttribute: Object.entries(named ?? {}).map(([name, value]) => ({
        Name: name,
        Value: {
          DataType: value.DataType,
          StringValue: value.StringValue,
          BinaryValue: value.BinaryValue && base64(value.BinaryValue),
        },
      })),
    })),
  };
}

function xml(document: Xml): string {
  if (typeof document === 'string') return escapeXml(document);
  return Object.entries(document)
    .flatMap(([element, inner]) =>
      (Array.isArray(inner) ? inner : [inner]).map((one) => [element, one] as const),
    )
    .map(([element, inner]) =>
      inner === undefined ? '' : `<${element}>${xml(inner)}</${element}>`,
    )
    .join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xd;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (sign) => ESCAPES[sign] ?? sign);
}

function json(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner instanceof Uint8Array ? base64(inner) : inner,
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
