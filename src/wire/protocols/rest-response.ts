/**
 * Compiles an operation's HTTP bindings into a writer of its answers: status, headers, and what
 * remains in the body. https://smithy.io/2.0/spec/http-bindings.html
 */
import type { MemberDescriptor, OperationDescriptor, ScalarType } from '../descriptor.ts';
import { textWriter, type WriteText } from '../documents/text-values.ts';
import { member, type ServiceModel } from '../models.ts';

interface Binding {
  readonly name: string;
  readonly write: (value: unknown, headers: string[]) => void;
}

export interface Head {
  readonly status: number;
  readonly headers: string[];
}

/** Writes the head of an answer. */
export function headWriter(
  model: ServiceModel,
  operation: OperationDescriptor,
): (output: object) => Head {
  const shape = operation.output === undefined ? undefined : model.shape(operation.output);
  const bindings: Binding[] = [];
  let statusMember: string | undefined;
  for (const [name, reference] of Object.entries(shape?.members ?? {})) {
    const { location, name: wireName = name } = member(reference);
    if (location === 'statusCode') statusMember = name;
    const write =
      location === 'header'
        ? headerWriter(wireName, member(reference), model)
        : location === 'headers'
          ? prefixWriter(wireName)
          : undefined;
    if (write) bindings.push({ name, write });
  }
  return (output) => {
    const from = output as Record<string, unknown>;
    const headers: string[] = [];
    for (const { name, write } of bindings) {
      const value = from[name];
      if (value !== undefined && value !== null) write(value, headers);
    }
    const status = statusMember === undefined ? undefined : from[statusMember];
    return { status: typeof status === 'number' ? status : (operation.status ?? 200), headers };
  };
}

/** Header values hold one line each; what would end it early is taken out. */
function oneLine(text: string): string {
  return /[\r\n\0]/.test(text) ? text.replaceAll(/[\r\n\0]+/g, ' ') : text;
}

function headerWriter(
  wireName: string,
  reference: MemberDescriptor,
  model: ServiceModel,
): Binding['write'] {
  const shape = model.shape(reference.shape);
  if (shape.type === 'list') {
    const element = model.shape(member(shape.member).shape).type as ScalarType;
    const write = textWriter(element, 'rfc822');
    return (value, headers) => {
      headers.push(wireName, oneLine((value as unknown[]).map(write).join(',')));
    };
  }
  const format = reference.timestampFormat ?? shape.timestampFormat ?? 'rfc822';
  const write: WriteText = reference.jsonvalue
    ? (value) => Buffer.from(String(value)).toString('base64')
    : textWriter(shape.type as ScalarType, format);
  return (value, headers) => {
    headers.push(wireName, oneLine(write(value)));
  };
}

function prefixWriter(prefix: string): Binding['write'] {
  return (value, headers) => {
    for (const [name, text] of Object.entries(value as Record<string, string>)) {
      if (text !== undefined) headers.push(prefix + name, oneLine(text));
    }
  };
}
