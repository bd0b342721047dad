/** Cases as data: values in DynamoDB's JSON, binaries in base64. */
import type { Item, Value, ValueInput } from '../../src/expressions/attribute-values.ts';
import { readItem } from '../../src/expressions/attribute-values.ts';
import { Placeholders } from '../../src/expressions/placeholders.ts';

/** A value as JSON holds it. */
export type JsonValue = Readonly<Record<string, unknown>>;
export type JsonItem = Readonly<Record<string, JsonValue>>;

export function itemOf(json: JsonItem): Item {
  return readItem(inputsOf(json));
}

export function oneValue(json: JsonValue): Value {
  const { value } = itemOf({ value: json });
  if (value === undefined) throw new Error('A value is there');
  return value;
}

export function inputsOf(json: JsonItem): Readonly<Record<string, ValueInput>> {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, inputOf(value)]));
}

export function inputOf(json: JsonValue): ValueInput {
  const { B, BS, M, L } = json;
  return {
    ...json,
    ...(typeof B === 'string' ? { B: bytesOf(B) } : {}),
    ...(Array.isArray(BS) ? { BS: BS.map((one) => bytesOf(String(one))) } : {}),
    ...(M ? { M: inputsOf(M as JsonItem) } : {}),
    ...(Array.isArray(L) ? { L: L.map((one) => inputOf(one as JsonValue)) } : {}),
  };
}

export function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** Placeholders of what a case names; none at all where it names nothing. */
export function placeholdersOf(
  names?: Readonly<Record<string, string>>,
  values?: JsonItem,
): Placeholders {
  return new Placeholders(names, values && inputsOf(values));
}

/** The message `act` fails with, or undefined. */
export function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
