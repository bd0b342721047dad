/**
 * Which operations are built, as computed from the services' tables and AWS's models. The answer
 * cannot be out of date: both lists are those that requests are dispatched by.
 */

import { json } from '../../core/json-answer.ts';
import type { Route, Service } from '../../services/service.ts';
import { modelOf, SERVICES } from '../../wire/models.ts';
import { onlyMethods } from './json.ts';

export interface Coverage {
  readonly service: string;
  readonly built: readonly string[];
  readonly missing: readonly string[];
}

/** One entry for each service that AWS's models describe, those without a line of ours too. */
export function coverage(services: ReadonlyMap<string, Service>): readonly Coverage[] {
  return SERVICES.map(({ name }) => {
    const operations = services.get(name)?.operations ?? {};
    const known = Object.keys(modelOf(name).operations).sort();
    return {
      service: name,
      built: known.filter((operation) => Object.hasOwn(operations, operation)),
      missing: known.filter((operation) => !Object.hasOwn(operations, operation)),
    };
  });
}

export function coverageRoutes(
  services: ReadonlyMap<string, Service>,
): Readonly<Record<string, Route>> {
  return {
    '/_millrace/v1/coverage': (_stack, request) =>
      onlyMethods(request, 'GET') ?? json(200, { services: coverage(services) }),
  };
}
