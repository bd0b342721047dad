/**
 * An operation's input as TypeScript for the AWS SDK, from plain JSON: blobs become bytes, and
 * texts that are JSON objects stay what people edit.
 */
import { isUtf8 } from 'node:buffer';
import type { Reference } from '../wire/descriptor.ts';
import { member, modelOf, type ServiceModel } from '../wire/models.ts';

export interface Literal {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** What `aws.endpoint` stands for in the code, where that is known there. */
  readonly endpoint?: string;
}

export function literalOf({ service, operation, input, endpoint }: Literal): string {
  const model = modelOf(service);
  const shape = model.operation(operation)?.input ?? '';
  return new Printer(model, endpoint).print(shape, input, 0);
}

const STEP = '  ';

class Printer {
  readonly #model: ServiceModel;
  readonly #endpoint: string | undefined;

  constructor(model: ServiceModel, endpoint: string | undefined) {
    this.#model = model;
    this.#endpoint = endpoint;
  }

  print(shapeName: string, value: unknown, depth: number): string {
    const shape = this.#model.shape(shapeName);
    const nested = (reference: Reference | undefined, one: unknown) =>
      this.print(reference === undefined ? '' : member(reference).shape, one, depth + 1);
    if (Array.isArray(value)) {
      return inside(
        '[',
        value.map((one) => nested(shape.member, one)),
        ']',
        depth,
      );
    }
    if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value).filter(([, one]) => one !== undefined);
      const printed = members.map(
        ([name, one]) => `${nameOf(name)}: ${nested(shape.members?.[name] ?? shape.value, one)}`,
      );
      return inside('{', printed, '}', depth);
    }
    if (typeof value !== 'string') return JSON.stringify(value);
    return shape.type === 'blob' ? bytes(value) : this.#text(value, depth);
  }

  #text(value: string, depth: number): string {
    if (this.#endpoint !== undefined && value.startsWith(`${this.#endpoint}/`)) {
      const path = value.slice(this.#endpoint.length).replaceAll(/[`\\$]/g, '\\$&');
      return `\`\${aws.endpoint}${path}\``;
    }
    const object = objectIn(value);
    if (!object) return quoted(value);
    return `JSON.stringify(${this.print('', object, depth)})`;
  }
}

function inside(open: string, parts: readonly string[], close: string, depth: number): string {
  if (parts.length === 0) return open + close;
  const indent = STEP.repeat(depth + 1);
  const lines = parts.map((part) => `${indent}${part},\n`).join('');
  return `${open}\n${lines}${STEP.repeat(depth)}${close}`;
}

function nameOf(name: string): string {
  // A quoted one too would set the prototype of the literal; a computed one does not.
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

/** A text as code has it, whatever stands in it. */
export function quoted(text: string): string {
  // Single quotes where nothing has to be escaped, as formatters have it.
  return /['\\\p{C}\u2028\u2029]/u.test(text) ? JSON.stringify(text) : `'${text}'`;
}

function bytes(base64: string): string {
  const decoded = Buffer.from(base64, 'base64');
  const text = decoded.toString('utf8');
  if (isUtf8(decoded) && !/[^\P{C}\n\t]/u.test(text)) return `Buffer.from(${quoted(text)})`;
  return `Buffer.from('${base64}', 'base64')`;
}

/** The object that a text is the very JSON of; digits beyond a double's would be lost. */
function objectIn(text: string): object | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? (value as object) : undefined;
  } catch {
    return undefined;
  }
}
