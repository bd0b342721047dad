/** The figures for Prometheus and its kin. */
import { EXPOSITION_TYPE, exposition } from '../../core/exposition.ts';
import type { Route } from '../../services/service.ts';
import { onlyMethods } from './json.ts';

const metrics: Route = async (stack, request) => {
  const refused = onlyMethods(request, 'GET', 'HEAD');
  if (refused) return refused;
  const body = exposition(await stack.metrics.families());
  return { status: 200, headers: { 'content-type': EXPOSITION_TYPE }, body };
};

/** Scrapers ask at `/metrics` when they are told nothing else. */
export const metricsRoutes: Readonly<Record<string, Route>> = {
  '/metrics': metrics,
  '/_millrace/metrics': metrics,
};
