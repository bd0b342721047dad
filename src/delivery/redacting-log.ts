/** A log whose lines hold no secrets, whatever is said to it. */
import { redact, redactValue } from '../core/redaction.ts';
import type { Log } from './stack.ts';

type Fields = Readonly<Record<string, unknown>> | undefined;

export function redactingLog(log: Log): Log {
  const clean = (fields: Fields) => redactValue(fields) as Fields;
  return {
    info: (message, fields) => log.info(redact(message), clean(fields)),
    warn: (message, fields) => log.warn(redact(message), clean(fields)),
    error: (message, fields) => log.error(redact(message), clean(fields)),
  };
}
