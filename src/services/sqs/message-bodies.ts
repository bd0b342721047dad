/** What the body of a message, or a text in its attributes, may consist of. */

import type { AwsError } from '../../core/errors.ts';
import { rememberingLast } from '../../core/last-text.ts';
import { fault } from './errors.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: -- these are the ones it looks for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/**
 * #x9, #xA, #xD, #x20 to #xD7FF, #xE000 to #xFFFD, #x10000 to #x10FFFF.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const hasOnlyAllowedCharacters = rememberingLast(
  (text) => !FORBIDDEN.test(text) && text.isWellFormed(),
);

export function forbiddenCharacters(): AwsError {
  const ranges = '#x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF';
  const valid = `Valid unicode characters are #x9 | #xA | #xD | ${ranges}`;
  return fault('InvalidMessageContents', `Invalid characters found. ${valid}`);
}
