/** Finding streams by their ARN, such as `…:table/orders/stream/2015-05-20T20:51:10.252`. */
import { parseArn } from '../../core/arn.ts';
import {
  type ChangeStream,
  changeStreams,
  RETENTION_MS,
  streamKey,
  streamPlace,
} from '../../delivery/change-streams.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Call } from '../call.ts';
import { invalid, missing } from './errors.ts';

/** The stream that a client of `call` may read. */
export async function knownStream(call: Call, arn: string): Promise<ChangeStream> {
  if (!placeOf(arn)) throw invalid(`Invalid StreamArn: ${arn}`);
  const stream = await findStream(call.stack, arn);
  if (stream?.account === call.account && stream.region === call.region) return stream;
  throw missing(`Stream: ${arn} not found`);
}

/** Undefined for what is none, or was disabled longer ago than its records are kept. */
export async function findStream(stack: Stack, arn: string): Promise<ChangeStream | undefined> {
  const place = placeOf(arn);
  if (!place) return undefined;
  const { storage, clock } = stack;
  const stored = await changeStreams(storage).get(streamPlace(place), streamKey(place));
  return stored && isReadable(stored.value, clock.nowMs()) ? stored.value : undefined;
}

export function isReadable({ disabledAtMs }: ChangeStream, nowMs: number): boolean {
  return disabledAtMs === undefined || nowMs < disabledAtMs + RETENTION_MS;
}

function placeOf(text: string) {
  const arn = parseArn(text);
  const [, table, label] = /^table\/([^/]+)\/stream\/([^/]+)$/.exec(arn?.resource ?? '') ?? [];
  if (arn?.service !== 'dynamodb' || !table || !label) return undefined;
  return { account: arn.account, region: arn.region, table, label };
}
