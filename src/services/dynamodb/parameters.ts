/**
 * Which parameters of a request go together: the old ones and expressions do not, and what
 * expressions refer to needs an expression that does.
 */
import { checkNotMixed } from '../../expressions/legacy.ts';
import { Placeholders } from '../../expressions/placeholders.ts';
import type {
  ExpressionAttributeNameMap,
  ExpressionAttributeValueMap,
} from '../../wire/types/dynamodb.ts';
import { invalid } from './errors.ts';

export interface Referring {
  readonly ExpressionAttributeNames?: ExpressionAttributeNameMap | undefined;
  readonly ExpressionAttributeValues?: ExpressionAttributeValueMap | undefined;
}

export interface Rules<Input> {
  readonly expressions: readonly (keyof Input & string)[];
  /** The expressions among them that may use values. */
  readonly withValues: readonly (keyof Input & string)[];
  readonly legacy: readonly (keyof Input & string)[];
}

/** The placeholders of a request whose parameters go together. */
export function placeholdersOf<Input extends Referring>(
  input: Input,
  { expressions, withValues, legacy }: Rules<Input>,
): Placeholders {
  const present = (names: readonly (keyof Input & string)[]) =>
    names.filter((name) => input[name] !== undefined);
  const [modern, old] = [present(expressions), present(legacy)];
  checkNotMixed(old, modern);
  for (const name of modern) {
    if (input[name] === '') {
      throw invalid(`Invalid ${name}: The expression can not be empty;`);
    }
  }
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
  if (names && modern.length === 0) {
    throw invalid('ExpressionAttributeNames can only be specified when using expressions');
  }
  if (values && present(withValues).length === 0) {
    throw invalid(
      'ExpressionAttributeValues can only be specified when using expressions: ' +
        `${withValues.join(' and ')} ${withValues.length > 1 ? 'are' : 'is'} null`,
    );
  }
  return new Placeholders(names, values);
}
