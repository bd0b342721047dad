/** The description of the admin API, made of its paths and of the contract's types. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parameter } from './parameters.ts';
import { PATHS, type Path } from './paths.ts';
import { refsIn, type Schema, Types } from './schemas.ts';

const BASE = '/_millrace/v1';

/** Bodies that are too small for a name in the contract. */
const SMALL: Readonly<Record<string, Schema>> = {
  AnyObject: { type: 'object' },
  OneId: object({ id: { type: 'string' } }, ['id']),
  OneNumber: object({ phoneNumber: { type: 'string' } }, ['phoneNumber']),
  Healthy: object({ healthy: { type: 'boolean' } }, ['healthy']),
  Advance: object(
    { by: { description: 'Such as `15m`, or milliseconds.', anyOf: [text(), number()] } },
    ['by'],
  ),
  NewFault: object(
    {
      ...{ at: { type: 'string', enum: ['api', 'delivery'] }, service: text() },
      ...{ operation: text(), arn: text(), probability: number(), times: number() },
      ...{ error: text(), delayMs: number(), duplicate: { type: 'boolean' }, seed: number() },
    },
    ['at'],
  ),
  FaultsToRemove: object({ id: text(), all: { type: 'boolean', enum: [true] } }, []),
};

function text(): Schema {
  return { type: 'string' };
}

function number(): Schema {
  return { type: 'number' };
}

function object(properties: Record<string, Schema>, required: string[]): Schema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

/** `root` is the folder of the repository. */
export function openApi(root: string): object {
  const folder = join(root, 'src/admin-api');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const journal = ['journal', 'trace'].map((name) => join(root, `src/journal/${name}.ts`));
  const paths = [...files.map((name) => join(folder, name)), ...journal];
  const types = new Types(paths.map((path) => readFileSync(path, 'utf8')));
  const described = pathsOf(PATHS);
  const named = refsIn(described);
  return {
    openapi: '3.1.0',
    info: {
      title: 'millrace',
      version: '1',
      description:
        'What the console, the command line and whoever else looks may rely on. Times are ' +
        "milliseconds since 1970 on the server's clock. Clients pass over members that they do " +
        'not know. With --auth strict requests are signed for the service `millrace`.',
    },
    servers: [{ url: BASE }],
    security: [{}, { sigv4: [] }],
    paths: described,
    components: {
      schemas: types.schemas(named),
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4.',
        },
      },
    },
  };
}

function pathsOf(all: readonly Path[]): object {
  const byPath: Record<string, Record<string, object>> = {};
  for (const one of all) {
    const methods = byPath[one.path] ?? {};
    methods[one.method.toLowerCase()] = operationOf(one);
    byPath[one.path] = methods;
  }
  return byPath;
}

function operationOf(one: Path): object {
  const { path, tag, does, query, takes, answers, also = {} } = one;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const inQuery = query?.split(' ') ?? [];
  const parameters = [
    ...inPath.map((name) => parameter(name, 'path', true)),
    ...inQuery.map((name) => parameter(name.replace('!', ''), 'query', name.endsWith('!'))),
  ];
  const others = Object.entries(also).map(([status, type]) => [
    status,
    answerOf('It could not be done in full.', { answers: type }),
  ]);
  return {
    ...{ tags: [tag], summary: does },
    ...(parameters.length > 0 && { parameters }),
    ...(takes && { requestBody: { required: true, content: contentOf(takes) } }),
    responses: {
      [answers === '' ? 204 : 200]: answerOf(does, one),
      ...Object.fromEntries(others),
      default: answerOf('A refusal.', { answers: 'Refusal' }),
    },
  };
}

type Answered = Pick<Path, 'answers' | 'drawn' | 'sends'>;

function answerOf(description: string, { answers, drawn, sends }: Answered): object {
  const data = sends === undefined ? {} : { 'x-event-data': schemaOf(sends) };
  if (answers === '') return { description };
  const content = { ...contentOf(answers), ...(drawn && contentOf('text/plain')) };
  return { description, content, ...data };
}

/** By a type of the contract, or several, or a media type. */
function contentOf(type: string): object {
  if (type === 'application/json') return { [type]: { schema: { type: 'object' } } };
  if (type.includes('/')) return { [type]: {} };
  return { 'application/json': { schema: schemaOf(type) } };
}

function schemaOf(type: string): Schema {
  const names = type.split(' | ');
  if (names.length > 1) return { anyOf: names.map(schemaOf) };
  return SMALL[type] ?? { $ref: `#/components/schemas/${type}` };
}
