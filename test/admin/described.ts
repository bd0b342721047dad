/** Answers of the admin API held against its description. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { OPEN_API } from '../../src/admin-api/document.ts';

export type Method = 'get' | 'post' | 'delete';

export interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, Described>>>>>;
}

export const DOCUMENT: Document = JSON.parse(readFileSync(OPEN_API, 'utf8'));

const ID = 'openapi';
const ajv = new Ajv2020({ strict: false, allErrors: true });
// Clients pass over what they do not know; here nothing may come that is not described.
ajv.addSchema({ $id: ID, ...(closed(DOCUMENT) as object) });

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, closed(member)]);
  const schema = Object.fromEntries(members);
  const isObject = schema.type === 'object' && typeof schema.properties === 'object';
  return isObject ? { additionalProperties: false, ...schema } : schema;
}

const compiled = new Map<string, ValidateFunction>();

/** Throws, and says where, when `value` is not as the schema at a JSON pointer has it. */
function check(pointer: string, value: unknown): void {
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `${ID}#${pointer}` });
  compiled.set(pointer, validate);
  if (validate(value)) return;
  const wrong = validate.errors?.map(({ instancePath, message, params }) => {
    return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`;
  });
  throw new Error(`${pointer}: ${wrong?.join('; ')} in ${JSON.stringify(value).slice(0, 2_000)}`);
}

const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');

export function checkAnswer(path: string, method: Method, status: number, value: unknown): void {
  const { responses } = DOCUMENT.paths[path]?.[method] ?? { responses: {} };
  const named = responses[String(status)] ? String(status) : 'default';
  const place = [path, method, 'responses', named, 'content', 'application/json', 'schema'];
  check(`/paths/${place.map(escaped).join('/')}`, value);
}

export function checkType(name: string, value: unknown): void {
  check(`/components/schemas/${name}`, value);
}

/** All that is described: `GET /tail` and so on. */
export function operations(): readonly {
  readonly path: string;
  readonly method: Method;
  readonly isJson: boolean;
}[] {
  return Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      path,
      method: method as Method,
      isJson: 'application/json' in (responses['200']?.content ?? {}),
    })),
  );
}
