/**
 * Tags of functions.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
 */
import type { Tags } from '../../wire/types/lambda.ts';
import { invalid } from './errors.ts';

const MOST_TAGS = 50;

/** Refuses tags that no function may have. */
export function checkTags(tags: Tags): void {
  const names = Object.keys(tags);
  if (names.length > MOST_TAGS) throw invalid('Number of tags exceeds resource tag limit.');
  if (names.some((name) => /^aws:/i.test(name))) {
    throw invalid('Tag keys that begin with aws: are reserved for AWS.');
  }
}
