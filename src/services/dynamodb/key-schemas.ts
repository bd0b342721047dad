/**
 * Key schemas and attribute definitions of a request, read and checked in DynamoDB's own words.
 * (Words observed by the authors of dynalite and of AWS's own forum posts.)
 */
import type { AttributeDefinition, KeySchemaElement } from '../../wire/types/dynamodb.ts';
import { invalid, invalidValues, notBuilt } from './errors.ts';
import type { KeyAttribute, KeySchema } from './store.ts';

export function readDefinitions(
  definitions: readonly AttributeDefinition[],
): readonly KeyAttribute[] {
  return definitions.map(({ AttributeName: name, AttributeType: type }) => ({ name, type }));
}

/** The schema that `elements` tell of, its attributes looked up in `definitions`. */
export function readKeySchema(
  elements: readonly KeySchemaElement[],
  definitions: readonly KeyAttribute[],
): KeySchema {
  const [first, second] = elements;
  if (!first) throw invalidValues('No KeySchema is specified');
  if (elements.length > 2) throw notBuilt('keys of more than two attributes');
  if (first.KeyType !== 'HASH') {
    throw invalid('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  }
  if (second && second.KeyType !== 'RANGE') {
    throw invalid('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  if (first.AttributeName === second?.AttributeName) {
    throw invalid(
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    );
  }
  const defined = (name: string) => definitions.find((one) => one.name === name);
  const [hash, range] = [defined(first.AttributeName), second && defined(second.AttributeName)];
  if (!hash || (second && !range)) {
    const keys = listed(elements.map(({ AttributeName }) => AttributeName));
    throw invalidValues(
      'Some index key attributes are not defined in AttributeDefinitions. ' +
        `Keys: ${keys}, AttributeDefinitions: ${listed(definitions.map(({ name }) => name))}`,
    );
  }
  return { hash, ...(range && { range }) };
}

/** Refuses definitions of attributes that are no key of the table nor of an index. */
export function checkUse(
  definitions: readonly KeyAttribute[],
  table: KeySchema,
  indexes: readonly KeySchema[],
): void {
  const used = new Set([table, ...indexes].flatMap(keyNames));
  const defined = new Set(definitions.map(({ name }) => name));
  if (defined.size === used.size && defined.size === definitions.length) return;
  if (indexes.length === 0) {
    throw invalidValues(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in ' +
        'AttributeDefinitions',
    );
  }
  throw invalidValues(
    'Some AttributeDefinitions are not used. ' +
      `AttributeDefinitions: ${listed([...defined])}, keys used: ${listed([...used])}`,
  );
}

export function keyNames({ hash, range }: KeySchema): readonly string[] {
  return range ? [hash.name, range.name] : [hash.name];
}

export function keyElements({ hash, range }: KeySchema): KeySchemaElement[] {
  return [
    { AttributeName: hash.name, KeyType: 'HASH' },
    ...(range ? [{ AttributeName: range.name, KeyType: 'RANGE' } as const] : []),
  ];
}

function listed(names: readonly string[]): string {
  return `[${names.join(', ')}]`;
}
