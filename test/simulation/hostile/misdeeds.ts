/**
 * What handlers do that they must not, and what AWS makes of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */
export interface Misdeed {
  /** Export of `handlers.mjs`, and name of the function. */
  readonly name: string;
  /** It takes a second each time, so it is done in one round of several. */
  readonly slow?: boolean;
  /** Absent when AWS sees nothing wrong. */
  readonly functionError?: 'Unhandled';
  /** Of the answer's `errorType`, or of its whole JSON text where there is no error. */
  readonly answers: string;
  readonly message?: RegExp;
}

const unhandled = (name: string, answers: string, message: RegExp): Misdeed => {
  return { name, functionError: 'Unhandled', answers, message };
};

const EXITED = 'RequestId: [-0-9a-f]{36} Error: Runtime exited';

export const MISDEEDS: readonly Misdeed[] = [
  { ...unhandled('waits', 'Sandbox.Timedout', /Task timed out after 1\.00 seconds$/), slow: true },
  { ...unhandled('turns', 'Sandbox.Timedout', /Task timed out after 1\.00 seconds$/), slow: true },
  unhandled('exits', 'Runtime.ExitError', new RegExp(`^${EXITED} with error: exit status 3$`)),
  unhandled('leaves', 'Runtime.ExitError', new RegExp(`^${EXITED} without providing a reason$`)),
  unhandled('throws', 'TypeError', /^Nothing is right\.$/),
  unhandled(
    'swells',
    'Function.ResponseSizeTooLarge',
    /^Response payload size exceeded maximum allowed payload size \(6291556 bytes\)\.$/,
  ),
  { name: 'floods', answers: '"flooded"' },
  { name: 'behaves', answers: '{}' },
];

/**
 * Answers to a batch of one, and whether its message is done with.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const REPORTS: readonly { readonly answer?: unknown; readonly done: boolean }[] = [
  { answer: { batchItemFailures: [] }, done: true },
  { answer: { batchItemFailures: null }, done: true },
  { answer: {}, done: true },
  { answer: null, done: true },
  { done: true },
  { answer: '{"batchItemFailures":[', done: false },
  { answer: { batchItemFailures: [{ itemIdentifier: '' }] }, done: false },
  { answer: { batchItemFailures: [{ itemIdentifier: null }] }, done: false },
  { answer: { batchItemFailures: [{ itemIdentifier: 'unknown' }] }, done: false },
  { answer: { batchItemFailures: [{ id: 'wrong key' }] }, done: false },
];
