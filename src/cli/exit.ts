/** How the command ends. 124 is left to `timeout`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** No server answers. */
  unreachable: 3,
  /** What was to be checked is not right. */
  checkFailed: 5,
  /** 128 and the number of the signal. */
  interrupted: 130,
  terminated: 143,
} as const;

/** Ends the command with a sentence for people and an exit code for scripts. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
