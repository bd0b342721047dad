/** What tags of tables have to be. */
import type { Tag } from '../../wire/types/dynamodb.ts';
import { invalid, invalidValues } from './errors.ts';

export type Tags = Readonly<Record<string, string>>;

const MOST_TAGS = 50;

export function readTags(given: readonly Tag[], before: Tags = {}): Tags {
  const names = given.map(({ Key }) => Key);
  if (new Set(names).size < names.length) {
    throw invalidValues('Duplicate tag keys are not allowed');
  }
  if (names.some((name) => /^aws:/i.test(name))) {
    throw invalid('Tag keys that begin with aws: are reserved for AWS.');
  }
  const tags = { ...before, ...Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > MOST_TAGS) {
    throw invalid('Too many tags: a table has at most 50.');
  }
  return tags;
}
