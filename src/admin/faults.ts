/** `/_millrace/v1/faults`: what is made to fail, or to be late; see src/core/faults.ts. */
import type { FaultRule, Faults } from '../admin-api/index.ts';
import type { FaultSpec } from '../core/faults.ts';
import type { Stack } from '../delivery/stack.ts';
import { type Body, get, objectBody, post, Refused } from '../services/admin-http.ts';
import { addFault } from '../services/faults.ts';
import type { Route } from '../services/service.ts';

const FAULTS = '/_millrace/v1/faults';

export const faultRoutes: Readonly<Record<string, Route>> = {
  [FAULTS]: (stack, request) =>
    request.method === 'POST' ? add(stack, request) : list(stack, request),
  [`${FAULTS}/remove`]: post((stack, request) => {
    remove(stack, objectBody(request));
    return listed(stack);
  }),
};

const list = get((stack) => listed(stack));

const add = post((stack, request): FaultRule => {
  try {
    return addFault(stack, specIn(objectBody(request)));
  } catch (cause) {
    if (cause instanceof RangeError) throw new Refused(400, cause.message);
    throw cause;
  }
});

function listed({ faults }: Stack): Faults {
  return { faults: faults.list() };
}

function remove({ faults }: Stack, { id, all, ...others }: Body): void {
  const isOne = typeof id === 'string' && all === undefined;
  const isAll = all === true && id === undefined;
  if ((!isOne && !isAll) || Object.keys(others).length > 0) {
    throw new Refused(400, 'Say which: {"id": "fault-1"}, or {"all": true}.');
  }
  if (isAll) faults.clear();
  else if (!faults.remove(String(id))) throw new Refused(404, `There is no fault ${id}.`);
}

const TEXTS = ['service', 'operation', 'arn', 'error'];
const NUMBERS = ['probability', 'times', 'delayMs', 'seed'];
const TYPES = new Map([
  ...TEXTS.map((name) => [name, 'string'] as const),
  ...NUMBERS.map((name) => [name, 'number'] as const),
  ['duplicate', 'boolean'] as const,
]);

function specIn({ at, ...members }: Body): FaultSpec {
  if (at !== 'api' && at !== 'delivery') throw new Refused(400, '"at" is "api" or "delivery".');
  for (const [name, value] of Object.entries(members)) {
    const type = TYPES.get(name);
    const known = [...TYPES.keys()].join(', ');
    if (!type) throw new Refused(400, `A fault has no "${name}". It may have: ${known}.`);
    if (typeof value !== type) throw new Refused(400, `"${name}" must be a ${type}.`);
  }
  return { at, ...members };
}
