/** What tags may be. https://docs.aws.amazon.com/streams/latest/dev/tagging.html */
import { fault, invalid } from './errors.ts';

export type Tags = Readonly<Record<string, string>>;

export const MOST_TAGS = 50;

/** Refuses tags that nothing may have. */
export function checkTags(tags: Tags): void {
  if (Object.keys(tags).length > MOST_TAGS) {
    const message = `Failed to add tags: a resource has at most ${MOST_TAGS} tags.`;
    throw fault('LimitExceededException', message);
  }
  if (Object.keys(tags).some((key) => /^aws:/i.test(key))) {
    throw invalid('Tag keys that begin with aws: are reserved for AWS.');
  }
}
