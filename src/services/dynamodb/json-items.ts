/**
 * Items from files: JSON as DynamoDB writes it, with every value under its type and binaries as
 * base64. What a request's wire format guarantees is looked at here.
 */
import { type Item, readItem, type ValueInput } from '../../expressions/attribute-values.ts';

type Reader = (json: unknown) => unknown;

/** The item of a line such as `{"Item":{"pk":{"S":"a"}}}`; undefined when there is none in it. */
export function itemOfLine(line: string): Item | undefined {
  try {
    const { Item: members } = JSON.parse(line);
    const input = readMembers(members) as Readonly<Record<string, ValueInput>> | undefined;
    return input && readItem(input);
  } catch {
    return undefined;
  }
}

/** Undefined where anything is not as it has to be. */
function readMembers(json: unknown): object | undefined {
  if (!isObject(json)) return undefined;
  const members = Object.entries(json).map(([name, value]) => [name, readValue(value)] as const);
  return members.every(([, value]) => value) ? Object.fromEntries(members) : undefined;
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

const readText: Reader = (json) => (typeof json === 'string' ? json : undefined);
const readFlag: Reader = (json) => (typeof json === 'boolean' ? json : undefined);
const readBytes: Reader = (json) =>
  typeof json === 'string' ? new Uint8Array(Buffer.from(json, 'base64')) : undefined;

function listOf(read: Reader): Reader {
  return (json) => {
    if (!Array.isArray(json)) return undefined;
    const members = json.map(read);
    return members.includes(undefined) ? undefined : members;
  };
}

const READERS = new Map<string, Reader>([
  ['S', readText],
  ['N', readText],
  ['B', readBytes],
  ['SS', listOf(readText)],
  ['NS', listOf(readText)],
  ['BS', listOf(readBytes)],
  ['NULL', readFlag],
  ['BOOL', readFlag],
  ['M', readMembers],
  ['L', listOf((member) => readValue(member))],
]);

function readValue(json: unknown): object | undefined {
  if (!isObject(json)) return undefined;
  const [[type, member] = [], another] = Object.entries(json);
  const value = type === undefined || another ? undefined : READERS.get(type)?.(member);
  return value === undefined ? undefined : { [type ?? '']: value };
}
