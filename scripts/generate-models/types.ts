/**
 * Writes a descriptor as TypeScript: one type per structure, list, map and enum, plus
 * `Operations` and `ErrorCode`. Types only, so nothing of it exists at run time.
 */
import type {
  OperationDescriptor,
  Reference,
  ServiceDescriptor,
  ShapeDescriptor,
} from '../../src/wire/descriptor.ts';

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  timestamp: 'number',
  blob: 'Uint8Array',
};
/** Names that the generated files use themselves. */
const TAKEN = new Set(['Operations', 'ErrorCode', 'Empty', 'Uint8Array', 'AsyncIterable']);

export function typesOf(descriptor: ServiceDescriptor, header: string): string {
  const { shapes, operations, service } = descriptor;
  const types = new TypeNames(shapes);
  const codes = Object.entries(shapes)
    .filter(([, shape]) => shape.error)
    .map(([name, shape]) => quote(shape.error?.code ?? name))
    .sort();
  const parts = [
    header,
    `/** Shapes of ${service.name}, ${service.apiVersion}. Moments are epoch milliseconds. */`,
    '/** An answer, or a request, without members. */',
    'export type Empty = { readonly [member: string]: never };',
    '',
    '/** The codes of the errors that the service models. */',
    `export type ErrorCode =${union(codes)};`,
    '',
    'export interface Operations {',
    ...Object.entries(operations).map(([name, operation]) =>
      operationLine(name, operation, types, shapes),
    ),
    '}',
  ];
  for (const [name, shape] of Object.entries(shapes)) {
    const text = types.declare(name, shape);
    if (text) parts.push('', text);
  }
  return `${parts.join('\n')}\n`;
}

function operationLine(
  name: string,
  { input, output, errors = [] }: OperationDescriptor,
  types: TypeNames,
  shapes: ServiceDescriptor['shapes'],
): string {
  const codes = errors.map((error) => quote(shapes[error]?.error?.code ?? error));
  return [
    `  ${name}: {`,
    `    readonly input: ${types.body(input)};`,
    `    readonly output: ${types.body(output)};`,
    `    readonly errors: ${codes.length === 0 ? 'never' : codes.join(' | ')};`,
    '  };',
  ].join('\n');
}

class TypeNames {
  readonly #shapes: ServiceDescriptor['shapes'];

  constructor(shapes: ServiceDescriptor['shapes']) {
    this.#shapes = shapes;
  }

  body(name: string | undefined): string {
    return name === undefined ? 'Empty' : this.#of(name);
  }

  /** The declaration of a shape, or undefined when it is used as its primitive. */
  declare(name: string, shape: ShapeDescriptor): string | undefined {
    const declared = this.#named(name);
    const { type } = shape;
    if (type === 'structure') return this.#structure(declared, shape);
    if (type === 'list') return `export type ${declared} = readonly ${this.#element(shape)}[];`;
    if (type === 'map') return this.#map(declared, shape);
    if (!shape.enum) return undefined;
    return `export type ${declared} =${union(shape.enum.map(quote))};`;
  }

  #element({ member }: ShapeDescriptor): string {
    const text = this.#reference(member);
    return /^[\w$]+$/.test(text) ? text : `(${text})`;
  }

  #structure(declared: string, shape: ShapeDescriptor): string {
    const members = Object.entries(shape.members ?? {});
    if (members.length === 0 && !shape.error) return `export type ${declared} = Empty;`;
    const required = new Set(shape.required);
    const lines = members.map(([member, reference]) => {
      const key = /^[\w$]+$/.test(member) ? member : quote(member);
      const type = this.#reference(reference);
      return required.has(member)
        ? `  readonly ${key}: ${type};`
        : `  readonly ${key}?: ${type} | undefined;`;
    });
    const body = lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n}`;
    const text = `export interface ${declared} ${body}`;
    return shape.eventstream
      ? `${text.replace(declared, `${declared}Event`)}
export type ${declared} = AsyncIterable<${declared}Event>;`
      : text;
  }

  #map(declared: string, { key, value }: ShapeDescriptor): string {
    const keyType = this.#reference(key);
    const valueType = this.#reference(value);
    return keyType === 'string'
      ? `export type ${declared} = { readonly [key: string]: ${valueType} };`
      : `export type ${declared} = { readonly [Key in ${keyType}]?: ${valueType} | undefined };`;
  }

  #reference(reference: Reference | undefined): string {
    if (reference === undefined) throw new Error('A list or map without its parts.');
    if (typeof reference === 'string') return this.#of(reference);
    if (reference.enum) return reference.enum.map(quote).join(' | ');
    return this.#of(reference.shape);
  }

  #of(name: string): string {
    const shape = this.#shapes[name];
    const isPrimitive = !shape || (PRIMITIVES[shape.type] && !shape.enum);
    return isPrimitive ? (PRIMITIVES[shape?.type ?? name] ?? 'never') : this.#named(name);
  }

  #named(name: string): string {
    return TAKEN.has(name) ? `${name}Shape` : name;
  }
}

function union(members: readonly string[]): string {
  if (members.length === 0) return ' never';
  const line = ` ${members.join(' | ')}`;
  return line.length <= 60 ? line : members.map((member) => `\n  | ${member}`).join('');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
