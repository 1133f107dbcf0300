// Checks which parameters may be combined: expressions, the legacy parameters, and placeholders.

import { validationError } from '../errors.ts';

type Given = Readonly<Record<string, unknown>>;

/**
 * @param expressions names of the request's expressions
 * @param legacy names of the legacy parameters that the expressions replace
 * @throws {DynamoDbError} `ValidationException`
 */
export function checkExpressionParameters(
  request: object,
  expressions: readonly string[],
  legacy: readonly string[],
): void {
  const given = request as Given;
  const isGiven = (name: string): boolean => given[name] !== undefined;
  const used = expressions.filter(isGiven);
  const old = legacy.filter(isGiven);
  if (used.length > 0 && old.length > 0) {
    throw validationError(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${old.join(', ')}} Expression parameters: {${used.join(', ')}}`,
    );
  }
  if (isGiven('ExpressionAttributeNames') && used.length === 0) {
    throw validationError('ExpressionAttributeNames can only be specified when using expressions');
  }
  const withValues = expressions.filter((name) => name !== 'ProjectionExpression');
  if (isGiven('ExpressionAttributeValues') && !withValues.some(isGiven)) {
    const missing =
      withValues.length === 0 ? '' : `: ${withValues.join(' and ')} ${withValues.length > 1 ? 'are' : 'is'} null`;
    throw validationError(`ExpressionAttributeValues can only be specified when using expressions${missing}`);
  }
}
