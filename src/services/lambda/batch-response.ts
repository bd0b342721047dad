/**
 * What a function says of its batch when the mapping asks for item failures.
 *
 * Nothing said is a success; whatever cannot be understood is a failure of the whole batch, so
 * that no record is taken for done by mistake.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
import { isObject, parseJson } from '../../core/json-value.ts';
export type BatchResponse = 'all done' | 'all failed' | ReadonlySet<string>;

/** `text` is the function's answer, `ids` are those of the batch. A set names what failed. */
export function readBatchResponse(text: string, ids: ReadonlySet<string>): BatchResponse {
  if (text === '') return 'all done';
  const answer = parseJson(text);
  if (answer === null) return 'all done';
  if (!isObject(answer)) return 'all failed';
  const { batchItemFailures: failures } = answer;
  if (failures === undefined || failures === null) return 'all done';
  if (!Array.isArray(failures)) return 'all failed';
  const failed = new Set<string>();
  for (const failure of failures) {
    const id = isObject(failure) ? failure.itemIdentifier : undefined;
    if (typeof id !== 'string' || !ids.has(id)) return 'all failed';
    failed.add(id);
  }
  return failed.size === 0 ? 'all done' : failed;
}
