import { jsonDepth, parseExact } from '../../core/json-text.ts';
import { matches } from '../../event-patterns/matches.ts';
import type { Operations } from '../../wire/types/events.ts';
import type { Operation } from '../service.ts';
import { fault } from './errors.ts';
import { checkPattern } from './matching.ts';

/** The documentation also names `resources`; AWS does without (observed by others). */
const NEEDED = ['id', 'detail-type', 'source', 'account', 'time', 'region'];

export const TestEventPattern: Operation<Operations['TestEventPattern']> = (_call, input) => {
  const pattern = checkPattern(input.EventPattern);
  const event = readObject(input.Event);
  if (!event || NEEDED.some((name) => !(name in event))) {
    throw fault('ValidationException', 'Parameter Event is not valid.');
  }
  return { Result: matches(pattern, event) };
};

function readObject(text: string): object | undefined {
  if (!jsonDepth(text)) return undefined;
  try {
    const value = parseExact(text);
    return typeof value === 'object' && !Array.isArray(value) ? (value ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}
