/** `GET /_millrace/v1/openapi.json`: the admin API described. Read when first asked for. */
import { readFileSync } from 'node:fs';
import { OPEN_API } from '../admin-api/document.ts';
import { wrongMethod } from '../core/json-answer.ts';
import type { Route } from '../services/service.ts';

let text: string | undefined;

export const openApiRoutes: Readonly<Record<string, Route>> = {
  '/_millrace/v1/openapi.json': (_stack, request) => {
    if (request.method !== 'GET') return wrongMethod(request, 'GET');
    text ??= readFileSync(OPEN_API, 'utf8');
    return { status: 200, headers: { 'content-type': 'application/json' }, body: text };
  },
};
