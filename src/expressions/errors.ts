/** What DynamoDB refuses with a ValidationException, in its own words. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}
