/** `GET /_millrace/v1/functions`: what functions there are, by name, and what feeds each. */
import type { FunctionSummary, Functions } from '../../admin-api/index.ts';
import type { Place } from '../../delivery/lens.ts';
import type { Stack } from '../../delivery/stack.ts';
import { get, numberOf, placeOf } from '../admin-http.ts';
import { functionArn, LATEST, parseFunctionArn } from './arns.ts';
import { type Mapping, mappingArn, mappingsOf } from './mapping.ts';
import { ledgerOf } from './running.ts';
import { ofFunction, partitionOf, storeOf } from './store.ts';

export const FUNCTIONS = '/_millrace/v1/functions';

const PAGE = 200;
const MOST = 1_000;

export const listFunctions = get(async (stack, request): Promise<Functions | undefined> => {
  if (request.path !== FUNCTIONS) return undefined;
  const place = placeOf(stack, request);
  const after = request.query.get('after') ?? '';
  const limit = numberOf(request, 'limit', [1, MOST]) ?? PAGE;
  const rows = await storeOf(stack).functions.list(partitionOf(place));
  const names = rows.map(({ key }) => key).filter((name) => name > after);
  const page = names.slice(0, limit);
  const mappings = (await mappingsOf(stack).rows.list(partitionOf(place))).map((row) => row.value);
  const found = page.map((name) => summaryOf(stack, { ...place, name }, mappings));
  // A function that goes while it is looked at is not there.
  const functions = (await Promise.all(found)).filter((summary) => summary !== undefined);
  const last = page.at(-1);
  return { functions, ...(last !== undefined && names.length > limit && { next: last }) };
});

/** Of `$LATEST`. */
async function summaryOf(
  stack: Stack,
  address: Place & { readonly name: string },
  mappings: readonly Mapping[],
): Promise<FunctionSummary | undefined> {
  const { functions, versions } = storeOf(stack);
  const record = (await functions.get(partitionOf(address), address.name))?.value;
  const latest = (await versions.get(ofFunction(address), LATEST))?.value;
  if (!record || !latest) return undefined;
  const arn = functionArn(address);
  const { runtime, handler } = latest;
  const { reservedConcurrency } = record;
  return {
    arn,
    name: address.name,
    ...(runtime !== undefined && { runtime }),
    ...(handler !== undefined && { handler }),
    state: latest.state,
    timeoutSeconds: latest.timeoutSeconds,
    memoryMb: latest.memoryMb,
    running: ledgerOf(stack)?.running(arn) ?? 0,
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    mappings: mappings.filter((mapping) => feeds(mapping, arn)).map(describe),
  };
}

/** Whatever version or alias of it the mapping names. */
function feeds(mapping: Mapping, arn: string): boolean {
  const address = parseFunctionArn(mapping.functionArn);
  return address !== undefined && functionArn(address) === arn;
}

function describe(mapping: Mapping) {
  return { arn: mappingArn(mapping), source: mapping.sourceArn, state: mapping.state };
}
