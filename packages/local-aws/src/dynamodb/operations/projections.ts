// Which attributes a read returns, by its projection expression or `AttributesToGet`.

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

export interface AttributeSelection {
  readonly projection: Projection;
  /** The top-level attributes that are selected, in whole or in part. */
  readonly attributes: ReadonlySet<string>;
  /** @throws {DynamoDbError} when a path goes into a key attribute */
  readonly check: (table: Table) => void;
}

/** The selection; undefined for all attributes. @throws {DynamoDbError} `ValidationException` */
export function selectionOf(request: ProjectionParameters, scope: Scope): AttributeSelection | undefined {
  const { ProjectionExpression: expression, AttributesToGet: names } = request;
  if (expression !== undefined) {
    const { projection, attributes, nestedAttributes } = parseProjection(expression, scope);
    return { projection, attributes, check: (table) => checkKeyPaths(table, nestedAttributes) };
  }
  if (names === undefined) return undefined;
  const attributes = new Set<string>();
  for (const name of names) {
    if (attributes.has(name)) throw invalidParameters(`Duplicate value in attribute name: ${name}`);
    attributes.add(name);
  }
  return { projection: attributesProjection(attributes), attributes, check: () => {} };
}
