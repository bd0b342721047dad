import { AwsError } from '../core/errors.ts';

/** What DynamoDB refuses with a ValidationException, in its own words. */
export class ExpressionError extends AwsError {
  constructor(message: string) {
    super('ValidationException', message);
  }
}
