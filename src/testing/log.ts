/** A stack's warnings go to the test's stderr, where the runner shows them beside the test. */
import type { Log } from '../delivery/stack.ts';

type Fields = Readonly<Record<string, unknown>> | undefined;

export const testLog: Log = {
  info: () => {},
  warn: (message, fields) => write('warning', message, fields),
  error: (message, fields) => write('error', message, fields),
};

function write(level: string, message: string, fields: Fields): void {
  const { stack, ...others } = fields ?? {};
  const details = Object.keys(others).length > 0 ? ` ${JSON.stringify(others)}` : '';
  const trace = stack === undefined ? '' : `\n${String(stack)}`;
  process.stderr.write(`millrace ${level}: ${message}${details}${trace}\n`);
}
