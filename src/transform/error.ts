/** Why an input path or an input transformer is refused; the service says so in AWS's words. */
export class TransformError extends Error {
  override readonly name = 'TransformError';
  /** The placeholder that is to blame, where it is one. */
  readonly placeholder: string | undefined;

  constructor(message: string, placeholder?: string) {
    super(message);
    this.placeholder = placeholder;
  }
}
