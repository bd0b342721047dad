/**
 * Operations of AWS that are asked for at one of our own paths, as plain JSON: for the console and
 * the command line, which need not know each service's protocol.
 *
 * They pass the gates that a request on the wire passes: the caller's policies and those of the
 * resource bind, the model's constraints hold, faults strike. What is refused has the code and
 * status that the service's clients see.
 */
import { AwsError } from '../core/errors.ts';
import type { AskedOperation, Operated, Signer } from '../services/service.ts';
import { type PlainOperation, plainOperation, refusalIn } from '../wire/plain.ts';
import type { Routed } from '../wire/wire.ts';
import { actingAs, type Principal } from './auth.ts';
import type { Request } from './request.ts';

/** What the gateway does for operations, whichever way they are asked for. */
export interface Operating {
  readonly settings: { readonly account: string; readonly region: string };
  readonly requestId: () => string;
  /** Throws for what is not built, what may not be, and what is refused. */
  readonly perform: (asked: Performed) => Promise<object>;
  /** What AWS would say of whatever was thrown. */
  readonly explain: (cause: unknown, requestId: string, what: string) => AwsError;
}

export interface Performed {
  readonly request: Request;
  readonly routed: Routed;
  readonly who: Principal;
  readonly requestId: string;
  readonly read: () => object;
  readonly again: string | undefined;
}

export async function operateAs(
  operating: Operating,
  request: Request,
  signer: Signer | undefined,
  asked: AskedOperation,
): Promise<Operated> {
  const { service, operation, again } = asked;
  const plain = knownOperation(service, operation);
  const requestId = operating.requestId();
  const who = actingAs(signer, asked, operating.settings);
  try {
    const { routed } = plain;
    const read = () => plain.read(asked.input);
    const performed = { request, routed, who, requestId, read, again };
    const output = await operating.perform(performed);
    return { output: plain.write(output) as object, requestId };
  } catch (cause) {
    const error = operating.explain(cause, requestId, `${service}:${operation}`);
    const { code, status } = refusalIn(service, error);
    throw new AwsError(code, error.message, { status });
  }
}

function knownOperation(service: string, operation: string): PlainOperation {
  const plain = plainOperation(service, operation);
  if (!plain) {
    const message = `AWS has no operation ${service}:${operation} that millrace knows of.`;
    throw new AwsError('UnknownOperationException', message, { status: 404 });
  }
  if (!plain.streams) return plain;
  const message = `${service}:${operation} answers a stream of events, which is no JSON document.`;
  throw new AwsError('UnsupportedOperation', message, { status: 400 });
}
