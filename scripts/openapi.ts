/**
 * Writes `src/admin-api/openapi.json`, after a change of the contract:
 * `node scripts/openapi.ts && biome format --write src/admin-api/openapi.json`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApi } from './openapi/document.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const text = `${JSON.stringify(openApi(ROOT), undefined, 2)}\n`;
writeFileSync(join(ROOT, 'src/admin-api/openapi.json'), text);
