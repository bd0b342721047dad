/** Errors as AWS's Node.js runtime shapes them, for answers and for the log. */
import { types } from 'node:util';

/** Errors that the runtime itself raises; their names are AWS's. */
export class RuntimeError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    // Not enumerable: the log shows what was put on an error, and a name is no such thing.
    Object.defineProperty(this, 'name', { value: `Runtime.${name}` });
  }
}

export interface ErrorShape {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What the caller of the function gets. */
export function shapeOf(error: unknown): ErrorShape {
  try {
    if (!isError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
    return {
      errorType: error.name,
      errorMessage: error.message,
      trace: String(error.stack ?? '').split('\n'),
    };
  } catch {
    const errorMessage =
      'callback called with Error argument, but there was a problem while retrieving ' +
      'one or more of its message, name, and stack';
    return { errorType: 'handled', errorMessage, trace: [] };
  }
}

/** Header values are one line of plain characters. */
export function headerOf({ errorType }: ErrorShape): string {
  return String(errorType).replace(/[^\x20-\x7e]/g, '?');
}

/** With everything that was put on the error, as the log shows it. */
export function forLog(error: unknown): string {
  try {
    return JSON.stringify(error, (_key, value: unknown) =>
      isError(value) ? opened(value) : value,
    );
  } catch {
    return JSON.stringify(shapeOf(error));
  }
}

function opened(error: Error): object {
  const { code } = error as { code?: unknown };
  const stack = typeof error.stack === 'string' ? error.stack.split('\n') : error.stack;
  const { name: errorType, message: errorMessage } = error;
  return { errorType, errorMessage, code, ...error, stack };
}

/** Errors of other realms and of libraries that imitate them count too. */
export function isError(value: unknown): value is Error {
  if (value instanceof Error || types.isNativeError(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  return 'name' in value && 'message' in value && 'stack' in value;
}
