/**
 * The trace header of a test's handlers on their requests. The SDK takes it from the environment
 * of the process that Lambda has made for a function; a handler of the test's own process has none.
 */
import { currentTraceHeader } from '../execution/in-process.ts';

interface Middleware {
  readonly request: { readonly headers: Record<string, string> };
}

type Next = (middleware: Middleware) => Promise<unknown>;

interface Stack {
  add(middleware: (next: Next) => Next, options: { readonly step: string }): void;
}

/** Makes a client of the AWS SDK say which invocation it is used by. */
export function carryTrace(client: object): void {
  const { middlewareStack } = client as { readonly middlewareStack?: Stack };
  const carrying =
    (next: Next): Next =>
    (middleware) => {
      const header = currentTraceHeader();
      if (header !== undefined) middleware.request.headers['x-amzn-trace-id'] = header;
      return next(middleware);
    };
  middlewareStack?.add(carrying, { step: 'build' });
}
