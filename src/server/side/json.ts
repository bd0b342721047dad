/** Plain JSON in and out of our own paths. */
import { json } from '../../core/json-answer.ts';
import type { RouteAnswer, RouteRequest } from '../../services/service.ts';

/** The refusal of a method that the path does not take; undefined when it does. */
export function onlyMethods(
  request: RouteRequest,
  ...methods: readonly string[]
): RouteAnswer | undefined {
  if (methods.includes(request.method)) return undefined;
  const { status, headers, body } = json(405, {
    message: `${request.path} takes ${methods.join(' and ')}, not ${request.method}.`,
  });
  return { status, headers: { ...headers, allow: methods.join(', ') }, body };
}

/** The body as an object, empty for an empty body; undefined when it is anything else. */
export function bodyOf(request: RouteRequest): Readonly<Record<string, unknown>> | undefined {
  const text = new TextDecoder().decode(request.body);
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
