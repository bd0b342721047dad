/**
 * Requests to function URLs: by host, `<id>.lambda-url.<region>.<domain>`, or by path.
 *
 * They are meant for a function and not for AWS, whatever their path, their signature or the page
 * that sends them; who may call is for the URL's own settings to say. No stranger's page can guess
 * the id, so letting Origins pass gives nothing away.
 */
import type { Head } from './request.ts';

/** Followed by the id. */
const PREFIX = '/_lambda-url/';
const IN_HOST = '.lambda-url.';
const ID_LENGTH = 32;

/** The path by which our own routes know what a host names; undefined for all other hosts. */
export function pathByHost(head: Head): string | undefined {
  const host = head.header('host');
  if (host === undefined || host.indexOf(IN_HOST, ID_LENGTH) !== ID_LENGTH) return undefined;
  return `${PREFIX}${host.slice(0, ID_LENGTH).toLowerCase()}${head.path}`;
}

export function isForFunctionUrl(head: Head): boolean {
  return head.path.startsWith(PREFIX) || pathByHost(head) !== undefined;
}
