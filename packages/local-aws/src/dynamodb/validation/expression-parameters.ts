// Checks which parameters may be combined: expressions, the legacy parameters, and placeholders.

import { validationError } from '../errors.ts';

/**
 * @param expressions the parameters of the operation that are expressions
 * @param legacy the legacy parameters that the expressions replace
 * @throws {DynamoDbError} `ValidationException`
 */
export function checkExpressionParameters(
  request: object,
  expressions: readonly string[],
  legacy: readonly string[],
): void {
  const parameters = request as Readonly<Record<string, unknown>>;
  const isPresent = (name: string): boolean => parameters[name] !== undefined;
  const usedExpressions = expressions.filter(isPresent);
  const usedLegacy = legacy.filter(isPresent);
  if (usedExpressions.length > 0 && usedLegacy.length > 0) {
    throw validationError(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${usedLegacy.join(', ')}} Expression parameters: {${usedExpressions.join(', ')}}`,
    );
  }
  if (isPresent('ExpressionAttributeNames') && usedExpressions.length === 0) {
    throw validationError('ExpressionAttributeNames can only be specified when using expressions');
  }
  const expressionsWithValues = expressions.filter((name) => name !== 'ProjectionExpression');
  if (isPresent('ExpressionAttributeValues') && !expressionsWithValues.some(isPresent)) {
    const verb = expressionsWithValues.length > 1 ? 'are' : 'is';
    const missing = expressionsWithValues.length === 0 ? '' : `: ${expressionsWithValues.join(' and ')} ${verb} null`;
    throw validationError(`ExpressionAttributeValues can only be specified when using expressions${missing}`);
  }
}
