/**
 * An error that AWS would answer with. Its code and message reach the client as
 * they stand; HTTP status, query code and fault come from the service's model
 * when the code is modelled there, else from here.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  /** Extra members of a modelled error shape. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: string,
    message: string,
    options: { status?: number; fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.fields = options.fields;
  }
}

/**
 * The error maker of one service: only codes of the type parameter compile.
 *
 * ```ts
 * const fault = faults<Sqs.ErrorCode | 'MissingParameter'>();
 * throw fault('QueueDoesNotExist', 'The specified queue does not exist.');
 * ```
 */
export function faults<Code extends string>() {
  return (
    code: Code,
    message: string,
    options?: { status?: number; fields?: Readonly<Record<string, unknown>> },
  ): AwsError => new AwsError(code, message, options);
}
