// Which attributes a read returns: a projection expression or `AttributesToGet`.

import { invalidParameters } from '../errors.ts';
import { attributesProjection, type Projection, parseProjection } from '../expressions/projection.ts';
import type { Scope } from '../expressions/scope.ts';
import type { Table } from '../storage/table.ts';
import { checkKeyPaths } from '../validation/check-keys.ts';

export interface ProjectionParameters {
  readonly ProjectionExpression?: string;
  readonly AttributesToGet?: readonly string[];
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

export interface WantedAttributes {
  readonly projection: Projection;
  /** Top-level attributes. */
  readonly attributes: ReadonlySet<string>;
  /** @throws {DynamoDbError} when a path goes into a key attribute */
  readonly check: (table: Table) => void;
}

/** @throws {DynamoDbError} `ValidationException` */
export function projectionOf(request: ProjectionParameters, scope: Scope): WantedAttributes | undefined {
  const { ProjectionExpression: expression, AttributesToGet: names } = request;
  if (expression !== undefined) {
    const { projection, attributes, nested } = parseProjection(expression, scope);
    return { projection, attributes, check: (table) => checkKeyPaths(table, nested) };
  }
  if (names === undefined) return undefined;
  const attributes = new Set<string>();
  for (const name of names) {
    if (attributes.has(name)) throw invalidParameters(`Duplicate value in attribute name: ${name}`);
    attributes.add(name);
  }
  return { projection: attributesProjection(attributes), attributes, check: () => {} };
}
