/**
 * Dead letters of functions. A dead-letter queue gets the event itself, with attributes that tell
 * the error and not the function, which only the journal knows; a destination gets a record that
 * tells both. Either is sent again by invoking the function with the event, asynchronously.
 *
 * The record of a mapping on a stream says where its batch stands and not what it held, so there
 * is nothing to send.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
import { endOfValue, isJson, members } from '../../core/json-text.ts';
import { isObject, parseJson } from '../../core/json-value.ts';
import {
  deliveryOf,
  type Letter,
  type Letters,
  type Reading,
  textOf,
} from '../../delivery/letters.ts';
import { Refused } from '../../delivery/targets.ts';
import { parseFunctionArn } from './arns.ts';
import { resolve } from './lookup.ts';

export const letters: Letters = {
  read: (letter) => recordReading(letter) ?? eventReading(letter),

  async again(stack, letter, { source }) {
    const address = parseFunctionArn(source);
    const resolved = address && (await resolve(stack, address));
    if (!address || !resolved) {
      const what = source === '' ? 'Nothing tells which function it was for.' : undefined;
      throw new Refused('NO_RESOURCE', what ?? `The function ${source} is gone.`);
    }
    const delivery = deliveryOf(stack, letter, {
      origin: 'lambda',
      sourceArn: source,
      account: address.account,
      region: address.region,
      to: { kind: 'lambda', arn: source },
      shape: {},
      roleArn: resolved.version.value.role,
    });
    return { delivery, body: eventIn(letter) };
  },
};

function eventReading(letter: Letter): Reading | undefined {
  if (textOf(letter, 'RequestID') === undefined) return undefined;
  const code = textOf(letter, 'ErrorCode');
  const error = textOf(letter, 'ErrorMessage');
  if (code === undefined && error === undefined) return undefined;
  const arn = letter.buried?.arn ?? '';
  const source = parseFunctionArn(arn) ? arn : '';
  return { source, code: code ?? 'Unknown', error: error ?? '', origin: source || undefined };
}

interface InvocationRecord {
  readonly requestContext: { readonly functionArn: string; readonly condition: string };
  readonly responsePayload?: unknown;
  readonly responseContext?: { readonly functionError?: string };
}

function recordReading({ body }: Letter): Reading | undefined {
  const record = recordIn(body);
  if (!record || record.requestContext.condition === 'Success') return undefined;
  const { functionArn: source, condition: code } = record.requestContext;
  const payload = isObject(record.responsePayload) ? record.responsePayload : {};
  const told = [payload.errorType, payload.errorMessage].filter((one) => typeof one === 'string');
  const error = told.join(': ') || record.responseContext?.functionError || code;
  return { source, code, error, origin: source };
}

function recordIn(body: string): InvocationRecord | undefined {
  if (!body.startsWith('{') || !body.includes('"requestContext"')) return undefined;
  const record = parseJson(body);
  if (!isObject(record) || !isObject(record.requestContext)) return undefined;
  const { functionArn, condition } = record.requestContext;
  const isOurs = typeof functionArn === 'string' && typeof condition === 'string';
  return isOurs ? (record as unknown as InvocationRecord) : undefined;
}

/** As it was written, so that its numbers keep their digits. */
function eventIn({ body }: Letter): string {
  if (recordIn(body)) {
    const place = members(body, body.indexOf('{')).find(({ key }) => key === 'requestPayload');
    if (place) return body.slice(place.at, endOfValue(body, place.at));
    const what = 'The record does not hold the event: it tells of a batch, or was too large.';
    throw new Refused('INVALID_JSON', what);
  }
  if (isJson(body)) return body;
  throw new Refused('INVALID_JSON', 'The message is no JSON, which functions are invoked with.');
}
